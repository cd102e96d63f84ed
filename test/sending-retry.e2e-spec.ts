import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { answer, fail } from './support/fake-provider.js';
import { awaited, REQUEST, resets, Sending, silence } from './support/sending.js';

const RETRY = { attempts: 3, baseDelay: 1_000, maxDelay: 8_000 };

let sending: Sending;
beforeAll(async () => (sending = await Sending.start({ options: { retry: RETRY } })));
beforeEach(() => sending.reset());
afterAll(() => sending.stop());

const complete = (signal?: AbortSignal) => sending.router.complete('chat', REQUEST, { environment: 'green', signal });

const outcome = () => sending.observed.map(({ environment, outcome: what }) => [environment, what]);

/** Lets the pauses between attempts pass, and tells how long they were. */
async function pauses(count: number): Promise<number[]> {
  const lengths: number[] = [];
  for (let n = 0; n < count; n++) {
    const length = await sending.clock.shortestTimer(8_000);
    lengths.push(length);
    sending.clock.advance(length);
  }
  return lengths;
}

describe('asking the same environment again', () => {
  test('a failure that passes by itself is retried where it happened', async () => {
    sending.green.next(fail(500), resets);
    const result = complete();
    await pauses(2);
    expect(await result).toMatchObject({
      environment: 'green',
      fallback: false,
      attempts: [{ failure: 'server_error' }, { failure: 'network' }, { environment: 'green' }],
    });
    expect(sending.calls).toEqual([0, 3, 0]);
  });

  test('each pause is at least half of a bound that doubles', async () => {
    sending.green.next(fail(500), fail(500));
    const result = complete();
    const [first, second] = await pauses(2);
    await result;
    expect(first).toBeGreaterThanOrEqual(500);
    expect(first).toBeLessThanOrEqual(1_000);
    expect(second).toBeGreaterThanOrEqual(1_000);
    expect(second).toBeLessThanOrEqual(2_000);
  });

  test('ends with the last attempt; then somebody else is asked', async () => {
    sending.green.always(fail(500));
    const result = complete();
    await pauses(2);
    expect(await result).toMatchObject({ environment: 'blue', fallback: true });
    expect(sending.calls).toEqual([1, 3, 0]);
  });

  test('Retry-After is waited for', async () => {
    sending.green.next(fail(429, 'rate_limit_exceeded', { 'retry-after': '5' }));
    const result = complete();
    expect(await pauses(1)).toEqual([5_000]);
    expect(await result).toMatchObject({ environment: 'green', latency: 5_000 });
  });

  test('a Retry-After beyond the longest pause goes to the fallback at once', async () => {
    sending.green.next(fail(429, 'rate_limit_exceeded', { 'retry-after': '9' }));
    expect(await complete()).toMatchObject({ environment: 'blue', latency: 0 });
    expect(sending.calls).toEqual([1, 1, 0]);
  });

  test.each([
    ['a wrong key', 401, 'x'],
    ['an unknown model', 404, 'x'],
    ['a context that is too long', 400, 'context_length_exceeded'],
  ])('makes no sense after %s', async (_what, status, code) => {
    sending.green.always(fail(status, code));
    expect(await complete()).toMatchObject({ environment: 'blue' });
    expect(sending.calls).toEqual([1, 1, 0]);
  });

  test('makes no sense after silence', async () => {
    const { behaviour, asked } = awaited(silence);
    sending.green.always(behaviour);
    const result = complete();
    await asked;
    sending.clock.advance(600_000);
    expect(await result).toMatchObject({ environment: 'blue' });
    expect(sending.calls).toEqual([1, 1, 0]);
  });

  test('stops when the caller leaves during the pause', async () => {
    sending.green.always(fail(500));
    const caller = new AbortController();
    const result = complete(caller.signal);
    await sending.clock.shortestTimer(8_000);
    caller.abort();
    await expect(result).rejects.toMatchObject({ failure: 'client_abort' });
    expect(sending.calls).toEqual([0, 1, 0]);
    expect(sending.clock.timers).toBe(0);
  });
});

describe('what the environment is charged with', () => {
  test('a failure that a retry made good', async () => {
    sending.green.next(fail(500));
    const result = complete();
    await pauses(1);
    await result;
    expect(outcome()).toEqual([['green', 'server_error']]);
  });

  test('its own failure, even when a limit on the rate came before it', async () => {
    sending.green.next(fail(429), fail(500), answer());
    const result = complete();
    await pauses(2);
    await result;
    expect(outcome()).toEqual([['green', 'server_error']]);
  });
});
