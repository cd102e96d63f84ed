import { describe, expect, test } from '@jest/globals';
import { FakeClock } from '../../test/support/fake-clock.js';
import { EndSignal } from '../kit/end-signal.js';
import { UpstreamFailure } from './upstream-failure.js';
import { Watchdog } from './watchdog.js';

describe('the watchdog of an attempt', () => {
  test('aborts when a limit runs out, and says which', () => {
    const clock = new FakeClock();
    const watchdog = new Watchdog(clock, undefined);
    watchdog.limit('first token', 100);
    clock.advance(99);
    expect(watchdog.signal.aborted).toBe(false);
    clock.advance(1);
    expect(watchdog.signal.reason).toMatchObject({ failure: 'timeout', message: 'no first token within 100 ms' });
  });

  test('a limit that is set again starts again', () => {
    const clock = new FakeClock();
    const watchdog = new Watchdog(clock, undefined);
    watchdog.limit('chunk', 100);
    clock.advance(99);
    watchdog.limit('chunk', 100);
    clock.advance(99);
    expect(watchdog.signal.aborted).toBe(false);
    clock.advance(1);
    expect(watchdog.signal.aborted).toBe(true);
  });

  test('a limit that is lifted does nothing, and others go on', () => {
    const clock = new FakeClock();
    const watchdog = new Watchdog(clock, undefined);
    watchdog.limit('first token', 10);
    watchdog.limit('end of the stream', 50);
    watchdog.lift('first token');
    clock.advance(49);
    expect(watchdog.signal.aborted).toBe(false);
    clock.advance(1);
    expect(watchdog.signal.reason).toMatchObject({ message: 'no end of the stream within 50 ms' });
  });

  test('limits stand still while the caller has the turn, one that is set then included', () => {
    const clock = new FakeClock();
    const watchdog = new Watchdog(clock, undefined);
    watchdog.limit('end of the stream', 100);
    clock.advance(60);
    watchdog.hold();
    clock.advance(1_000);
    watchdog.limit('chunk', 40);
    clock.advance(1_000);
    watchdog.resume();
    clock.advance(39);
    expect(watchdog.reason).toBeUndefined();
    clock.advance(1);
    expect(watchdog.reason).toMatchObject({ failure: 'timeout' });
  });

  test('a caller that takes too long, over all of its turns, has left: the provider is not to blame', () => {
    const clock = new FakeClock();
    const watchdog = new Watchdog(clock, undefined);
    watchdog.limit('end of the stream', 100);
    watchdog.limitCaller(100);
    for (let turn = 0; turn < 2; turn++) {
      watchdog.hold();
      clock.advance(40);
      watchdog.resume();
      clock.advance(30);
    }
    watchdog.hold();
    clock.advance(19);
    expect(watchdog.reason).toBeUndefined();
    clock.advance(1);
    expect(watchdog.reason).toMatchObject({ failure: 'client_abort' });
  });

  test('turns cost no timers: one is enough for all limits', () => {
    const clock = new FakeClock();
    const watchdog = new Watchdog(clock, undefined);
    watchdog.limit('end of the stream', 1_000);
    watchdog.limitCaller(1_000);
    for (let turn = 0; turn < 10; turn++) {
      watchdog.hold();
      clock.advance(5);
      watchdog.resume();
    }
    expect(clock.timers).toBe(1);
    watchdog.release();
    watchdog.hold();
    expect(clock.timers).toBe(0);
  });

  test('the caller leaving is no timeout', () => {
    const caller = new AbortController();
    const watchdog = new Watchdog(new FakeClock(), caller.signal);
    caller.abort();
    expect(watchdog.signal.reason).toMatchObject({ failure: 'client_abort' });
  });

  test('a caller that has left already aborts at once', () => {
    const watchdog = new Watchdog(new FakeClock(), AbortSignal.abort());
    expect(watchdog.signal.reason).toMatchObject({ failure: 'client_abort' });
  });

  test('the end of the process is neither a timeout nor the caller leaving, and holds for calls to come', () => {
    const end = new EndSignal();
    const underWay = new Watchdog(new FakeClock(), undefined, end);
    end.end();
    expect(underWay.reason).toMatchObject({ failure: 'shutdown' });
    const reasons: unknown[] = [];
    new Watchdog(new FakeClock(), undefined, end).listen((reason) => reasons.push(reason));
    expect(reasons).toMatchObject([{ failure: 'shutdown' }]);
  });

  test('its reason outranks what the socket made of the abort', () => {
    const clock = new FakeClock();
    const watchdog = new Watchdog(clock, undefined);
    const reset = new Error('read ECONNRESET');
    expect(watchdog.reasonOr(reset)).toBe(reset);
    watchdog.limit('answer', 5);
    clock.advance(5);
    expect(watchdog.reasonOr(reset)).toMatchObject({ failure: 'timeout' });
  });

  test('released, it holds no timer and no longer hears the caller', () => {
    const clock = new FakeClock();
    const caller = new AbortController();
    const watchdog = new Watchdog(clock, caller.signal);
    watchdog.limit('answer', 10);
    watchdog.release();
    expect(clock.timers).toBe(0);
    caller.abort();
    expect(watchdog.signal.aborted).toBe(false);
  });

  test('abandoned, it keeps the first reason', () => {
    const clock = new FakeClock();
    const watchdog = new Watchdog(clock, undefined);
    watchdog.limit('answer', 10);
    clock.advance(10);
    watchdog.abandon(new UpstreamFailure('client_abort', 'the caller left'));
    expect(watchdog.signal.reason).toMatchObject({ failure: 'timeout' });
  });

  test('limits go on where they were after this process stood still', () => {
    const clock = new FakeClock();
    const watchdog = new Watchdog(clock, undefined);
    watchdog.limit('answer', 100);
    clock.advance(60);
    clock.freeze(10_000);
    clock.advance(39);
    expect(watchdog.signal.aborted).toBe(false);
    clock.advance(1);
    expect(watchdog.signal.reason).toMatchObject({
      failure: 'frozen',
      message: expect.stringContaining('stood still'),
    });
  });

  test('the time of the caller goes on as well, and so do limits that stand still meanwhile', () => {
    const clock = new FakeClock();
    const watchdog = new Watchdog(clock, undefined);
    watchdog.limit('answer', 100);
    watchdog.limitCaller(200);
    watchdog.hold();
    clock.advance(150);
    clock.freeze(10_000);
    clock.advance(49);
    watchdog.resume();
    clock.advance(99);
    expect(watchdog.signal.aborted).toBe(false);
    clock.advance(1);
    expect(watchdog.signal.aborted).toBe(true);
  });

  test.each(['network', 'truncated'] as const)("after a standstill, %s is nobody's fault; an answer is", (failure) => {
    const clock = new FakeClock();
    const before = new Watchdog(clock, undefined);
    clock.freeze(5_000);
    expect(before.reasonOr(new UpstreamFailure(failure, 'lost'))).toMatchObject({ failure: 'frozen' });
    expect(before.reasonOr(new UpstreamFailure('server_error', '500'))).toMatchObject({ failure: 'server_error' });
    const after = new Watchdog(clock, undefined);
    expect(after.reasonOr(new UpstreamFailure(failure, 'lost'))).toMatchObject({ failure });
  });
});
