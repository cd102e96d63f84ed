import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { fail } from './support/fake-provider.js';
import { cutsAfter, readAll, REQUEST, says, Sending } from './support/sending.js';

let sending: Sending;
beforeEach(async () => (sending = await Sending.start({ options: { retry: { attempts: 2, baseDelay: 0 } } })));
afterEach(() => sending.stop());

const options = { environment: 'green' };

/** Retries without a pause, on a clock that stands still. */
async function complete(): Promise<void> {
  const result = sending.router.complete('chat', REQUEST, options);
  await Promise.race([result, sending.clock.shortestTimer(0)]);
  sending.clock.advance(0);
  await result;
}

function figures(environment: string) {
  const { requestCount, errorCount, inputTokens, outputTokens, cost } =
    sending.rollouts.status('chat').environments[environment]!.total;
  return { requestCount, errorCount, inputTokens, outputTokens, cost };
}

const NOTHING = { requestCount: 0, errorCount: 0, inputTokens: 0, outputTokens: 0, cost: 0 };

describe('who is charged, and who is paid', () => {
  test('a failing green that blue saves is an error of green; tokens and cost are booked on blue', async () => {
    sending.green.always(fail(500));
    await complete();
    expect(figures('green')).toEqual({ ...NOTHING, requestCount: 1, errorCount: 1 });
    expect(figures('blue')).toEqual({
      ...NOTHING,
      inputTokens: 100,
      outputTokens: 10,
      cost: (100 * 1 + 10 * 2) / 1e6,
    });
  });

  test('a green that needs a second attempt is an error of green, and is paid for its answer', async () => {
    sending.green.next(fail(500));
    await complete();
    expect(figures('green')).toEqual({
      requestCount: 1,
      errorCount: 1,
      inputTokens: 100,
      outputTokens: 10,
      cost: (100 * 10 + 10 * 20) / 1e6,
    });
    expect(figures('blue')).toEqual(NOTHING);
  });

  test('a stream of green that blue saves before its first word is an error of green', async () => {
    sending.green.always(cutsAfter());
    const reading = readAll(sending.router.stream('chat', REQUEST, options));
    await sending.clock.shortestTimer(0);
    sending.clock.advance(0);
    expect(await reading).toEqual({ text: 'Hello there' });
    expect(figures('green')).toMatchObject({ requestCount: 1, errorCount: 1, cost: 0 });
    expect(figures('blue')).toMatchObject({ requestCount: 0, inputTokens: 100 });
  });

  test('a stream that the caller leaves is a request, but no error', async () => {
    sending.green.always(says('Hello'));
    const stream = sending.router.stream('chat', REQUEST, options);
    for await (const { text } of stream) if (text !== '') break;
    expect(figures('green')).toMatchObject({ requestCount: 1, errorCount: 0 });
  });

  test('the answer of a fallback adds nothing to the requests of the one that answered', async () => {
    sending.green.always(fail(401));
    sending.blue.always(fail(401));
    await complete();
    expect(['blue', 'green', 'backup'].map((name) => figures(name).requestCount)).toEqual([0, 1, 0]);
    expect(figures('blue').errorCount).toBe(0);
  });
});
