import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { answer, fail, json } from './support/fake-provider.js';
import { readAll, REQUEST, Sending } from './support/sending.js';

let sending: Sending;
beforeAll(async () => {
  sending = await Sending.start({ options: { retry: { attempts: 3 } } });
  // Blue stays live. A request without a key falls in the middle of [0, 1), which is green's.
  await sending.rollouts.setTrafficWeights('chat', { blue: 1, green: 99, backup: 0 });
});
beforeEach(() => sending.reset());
afterAll(() => sending.stop());

const complete = (options = {}) => sending.router.complete('chat', REQUEST, options);

describe('a request that the canary rejects', () => {
  test.each([400, 413, 422])(
    'with %i is answered by the live environment, and charged to the canary',
    async (status) => {
      sending.green.always(fail(status, 'unsupported_value'));
      expect(await complete()).toMatchObject({ environment: 'blue', fallback: true });
      expect(sending.calls).toEqual([1, 1, 0]);
      const found = { outcome: 'rejected', callerOutcome: 'ok', arbitration: 'canary' };
      expect(sending.observed).toMatchObject([{ environment: 'green', ...found }]);
    },
  );

  test('is answered so as a stream, too', async () => {
    sending.green.always(fail(400, 'unsupported_value'));
    const { text, error } = await readAll(sending.router.stream('chat', REQUEST));
    expect([text, error]).toEqual([expect.stringMatching(/./), undefined]);
    expect(sending.calls).toEqual([1, 1, 0]);
  });

  test('and the live one rejects, too, is the mistake of the caller, told in the words of the live one', async () => {
    sending.green.always(fail(400, 'words_of_green'));
    sending.blue.always(fail(422, 'words_of_blue'));
    const error = await complete().catch((reason: unknown) => reason);
    expect(error).toMatchObject({ failure: 'rejected', environment: 'blue', status: 422 });
    expect(String((error as { answer: { body: Buffer } }).answer.body)).toContain('words_of_blue');
    expect(sending.observed).toMatchObject([{ environment: 'green', outcome: 'rejected', arbitration: 'caller' }]);
    expect(sending.calls).toEqual([1, 1, 0]);
  });

  test.each([
    ['an outage', fail(503)],
    ['a limit on the rate', fail(429)],
    ['a wrong key', fail(401)],
  ])(
    'stays rejected when the live one answers with %s: it is asked once, and nobody else',
    async (_what, behaviour) => {
      sending.green.always(fail(400, 'words_of_green'));
      sending.blue.always(behaviour);
      await expect(complete()).rejects.toMatchObject({ failure: 'rejected', environment: 'green', status: 400 });
      expect(sending.calls).toEqual([1, 1, 0]);
      expect(sending.observed).toMatchObject([{ outcome: 'rejected', arbitration: 'none' }]);
    },
  );

  test('stays there when the caller named the environment', async () => {
    sending.green.always(fail(400, 'unsupported_value'));
    await expect(complete({ environment: 'green' })).rejects.toMatchObject({ failure: 'rejected' });
    expect(sending.calls).toEqual([0, 1, 0]);
    expect(sending.observed[0]!.arbitration).toBeUndefined();
  });

  test.each([400, 403, 451])('for its content goes nowhere else, with %i as well', async (status) => {
    const error = { message: 'Flagged by the moderation.', code: 'content_policy_violation' };
    sending.green.always((_request, response) => json(response, status, { error }));
    await expect(complete()).rejects.toMatchObject({ failure: 'content_filter', status });
    expect(sending.calls).toEqual([0, 1, 0]);
  });
});

describe('a request that the live environment rejects', () => {
  test('goes nowhere else', async () => {
    sending.blue.always(fail(400, 'unsupported_value'));
    await expect(complete({ environment: 'blue' })).rejects.toMatchObject({ failure: 'rejected' });
    expect(sending.calls).toEqual([1, 0, 0]);
  });

  test('does not follow a canary whose retries are spent', async () => {
    const poor = await Sending.start({ options: { retry: { attempts: 3, budget: { ratio: 0, perSecond: 0 } } } });
    await poor.rollouts.setTrafficWeights('chat', { blue: 1, green: 99, backup: 0 });
    poor.green.always(fail(400, 'words_of_green'));
    poor.blue.always(answer());
    const calls: unknown[] = [];
    for (let n = 0; n < 3; n++) calls.push(await poor.router.complete('chat', REQUEST).catch(() => 'rejected'));
    expect(calls.at(-1)).toBe('rejected');
    expect(poor.blue.calls.length).toBeLessThan(3);
    await poor.stop();
  });
});
