import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { answer, fail } from './support/fake-provider.js';
import { cutsAfter, readAll, REQUEST, Sending } from './support/sending.js';

let sending: Sending;
beforeEach(async () => {
  const breaker = { size: 4, minCalls: 4, halfOpenAfter: '1h' };
  sending = await Sending.start({ options: { breaker, retry: { attempts: 3, baseDelay: 1_000, maxDelay: 1_500 } } });
});
afterEach(() => sending.stop());

const complete = () => sending.router.complete('chat', REQUEST, { environment: 'green' });

/** A call that nobody can answer, its pauses passed: its error. */
async function failed(): Promise<unknown> {
  const error = complete().catch((reason: unknown) => reason);
  const done = error.then(() => true);
  while (!(await Promise.race([done, sending.clock.shortestTimer(2_000).then(() => false)]))) {
    sending.clock.advance(2_000);
  }
  return error;
}

describe('an environment that its breaker leaves alone', () => {
  test('costs its callers no time when it limits our rate: nobody waits to be refused again', async () => {
    // Longer than the longest pause, so that each call is one attempt.
    sending.green.always(fail(429, 'rate_limit_exceeded', { 'retry-after': '2' }));
    for (let call = 0; call < 5; call++) await complete();
    const asked = sending.green.calls.length;
    expect(await complete()).toMatchObject({
      environment: 'blue',
      latency: 0,
      attempts: [{ environment: 'green', failure: 'rate_limited' }, { environment: 'blue' }],
    });
    expect(sending.green.calls.length).toBe(asked);
  });

  test('is found out by streams that all break behind their first chunk', async () => {
    sending.green.always(cutsAfter('Hel'));
    for (let call = 0; call < 4; call++) {
      await readAll(sending.router.stream('chat', REQUEST, { environment: 'green' }));
    }
    sending.green.always(answer());
    expect(await complete()).toMatchObject({ environment: 'blue', attempts: [{ failure: 'circuit_open' }, {}] });
  });

  test.each<[string, () => Promise<unknown>]>([
    ['a rollout to it starts', () => sending.rollouts.start('chat', { schedule: { preflight: false } })],
    ['it is given traffic by hand', () => sending.rollouts.setTrafficWeights('chat', { blue: 90, green: 10 })],
  ])('is asked again at once when %s; what its breaker refused is evidence of nothing', async (_when, act) => {
    sending.green.always(cutsAfter('Hel'));
    for (let call = 0; call < 4; call++) {
      await readAll(sending.router.stream('chat', REQUEST, { environment: 'green' }));
    }
    sending.green.always(answer());
    const { errorCount } = sending.rollouts.status('chat').environments['green']!.total;
    expect(await complete()).toMatchObject({ environment: 'blue', attempts: [{ failure: 'circuit_open' }, {}] });
    expect(sending.rollouts.status('chat').environments['green']!.total.errorCount).toBe(errorCount);
    await act();
    expect(await complete()).toMatchObject({ environment: 'green', attempts: [{}] });
  });

  test('does not hide from the caller what it said while it was asked', async () => {
    for (const provider of sending.providers) provider.always(fail(500));
    await failed();
    expect(await failed()).toMatchObject({ failure: 'server_error' });
  });
});
