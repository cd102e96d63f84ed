import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { answer, fail, json, type Behaviour } from './support/fake-provider.js';
import { readAll, REQUEST, Sending } from './support/sending.js';

let sending: Sending;
beforeEach(async () => (sending = await Sending.start()));
afterEach(() => sending.stop());

const stream = (more = {}) => sending.router.stream('chat', { ...REQUEST, ...more }, { environment: 'green' });
const asked = () => sending.green.calls.map(({ body }) => body['stream_options']);

/** A provider that does not know `stream_options`. */
const refuses =
  (error: unknown, status = 400): Behaviour =>
  (request, response) =>
    request.body['stream_options'] === undefined ? answer()(request, response) : json(response, status, error);

const WORDS = { error: { message: 'Unrecognized request argument supplied: stream_options', code: null } };
const FIELDS = { detail: [{ type: 'extra_forbidden', loc: ['body', 'stream_options'], msg: 'Not permitted' }] };

describe('a provider that refuses to be asked for the usage of a stream', () => {
  test.each([
    ['in words', WORDS, 400],
    ['by the field', FIELDS, 422],
  ])('%s is asked once more without, and never again with it', async (_how, error, status) => {
    sending.green.always(refuses(error, status));
    const first = stream();
    expect(await readAll(first)).toEqual({ text: 'Hello there' });
    expect(await first.result).toMatchObject({ environment: 'green', fallback: false });
    expect(asked()).toEqual([{ include_usage: true }, undefined]);
    await readAll(stream());
    expect(asked()).toEqual([{ include_usage: true }, undefined, undefined]);
    expect(sending.observed).toMatchObject([{ outcome: 'ok' }, { outcome: 'ok' }]);
  });

  test('keeps what the caller asked for: that refusal is for the caller', async () => {
    sending.green.always(refuses(WORDS));
    const { error } = await readAll(stream({ stream_options: { include_usage: true } }));
    expect(error).toMatchObject({ failure: 'rejected' });
    expect(asked()).toEqual([{ include_usage: true }]);
  });

  test('is asked on when it refuses something else', async () => {
    sending.green.always(fail(400, 'unsupported_value'));
    expect((await readAll(stream())).error).toMatchObject({ failure: 'rejected' });
    expect(asked()).toEqual([{ include_usage: true }]);
  });
});
