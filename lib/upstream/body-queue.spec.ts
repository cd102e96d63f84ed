import { describe, expect, test } from '@jest/globals';
import { opening, socket, watchdog } from '../../test/support/body-of.js';
import { FakeClock } from '../../test/support/fake-clock.js';
import { Gathered } from '../../test/support/gathered.js';
import { BodyQueue } from './body-queue.js';
import { Watchdog } from './watchdog.js';

const KIB = Buffer.alloc(1024, 'x');

describe('The bytes of an answer', () => {
  test('wait for whoever takes them, up to 64 KiB; beyond that the socket waits', () => {
    const { asked, controller } = socket();
    const body = new BodyQueue(opening, watchdog());
    for (let n = 0; n < 63; n++) body.onResponseData(controller, KIB);
    expect(asked).toEqual([]);
    body.onResponseData(controller, KIB);
    expect(asked).toEqual(['pause']);

    const sink = new Gathered<Buffer>();
    body.onRequestStart(controller);
    body.into(sink);
    expect(sink.values).toEqual([]);
    body.resume();
    expect(sink.values).toHaveLength(64);
    expect(asked).toEqual(['pause', 'resume']);
  });

  test('go straight through while they are taken', () => {
    const { asked, controller } = socket();
    const body = new BodyQueue(opening, watchdog());
    const sink = new Gathered<Buffer>();
    body.into(sink);
    body.resume();
    for (let n = 0; n < 1_000; n++) body.onResponseData(controller, KIB);
    expect([sink.values.length, asked]).toEqual([1_000, []]);
    body.pause();
    body.onResponseData(controller, KIB);
    expect(sink.values).toHaveLength(1_000);
  });

  test('come before the error that they broke off with', () => {
    const { controller } = socket();
    const body = new BodyQueue(opening, watchdog());
    const sink = new Gathered<Buffer>(() => false);
    body.into(sink);
    body.onResponseData(controller, KIB);
    body.onResponseError(controller, new Error('reset'));
    expect(sink.ends).toEqual([]);
    body.resume();
    expect([sink.values.length, sink.ends.length]).toEqual([1, 0]);
    body.resume();
    expect(sink.ends).toMatchObject([{ message: 'reset' }]);
  });

  test.each([true, false])(
    'are in the hands of a slow caller once the socket was resumed, at their end too: %s',
    (ends) => {
      const clock = new FakeClock();
      const limits = new Watchdog(clock, undefined);
      limits.limit('end of the stream', 1_000);
      limits.limitCaller(5_000);
      const body = new BodyQueue(opening, limits);
      const { controller } = socket();
      // As undici does: what it has kept comes before this returns.
      const resume = () => {
        for (let n = 0; n < 65; n++) body.onResponseData(kept, KIB);
        if (ends) body.onResponseEnd();
      };
      const kept = { ...controller, resume };
      body.onRequestStart(kept);
      for (let n = 0; n < 64; n++) body.onResponseData(kept, KIB);
      const sink: Gathered<Buffer> = new Gathered<Buffer>(() => sink.values.length !== 65);
      body.into(sink);
      body.resume();
      clock.advance(4_999);
      expect(limits.reason).toBeUndefined();
      clock.advance(1);
      expect(limits.reason).toMatchObject({ failure: 'client_abort' });
    },
  );
});
