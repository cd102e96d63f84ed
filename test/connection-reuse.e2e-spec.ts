import type { ServerResponse } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { begin, chunk, finish, type Behaviour } from './support/fake-provider.js';
import { readAll, REQUEST, Sending } from './support/sending.js';

let sending: Sending;
beforeAll(async () => (sending = await Sending.start()));
beforeEach(() => sending.reset());
afterAll(() => sending.stop());

/** Says a whole answer of that many chunks; its closing mark, and then its end, go out when they are let. */
function endsLate(chunks: number): { behaviour: Behaviour; response: Promise<ServerResponse> } {
  let resolve!: (response: ServerResponse) => void;
  const response = new Promise<ServerResponse>((settle) => (resolve = settle));
  const behaviour: Behaviour = ({ body }, to) => {
    begin(to);
    to.write(chunk(String(body['model']), 'x'.repeat(100)).repeat(chunks) + finish(String(body['model'])));
    to.write('data: [DONE]\n\n');
    resolve(to);
  };
  return { behaviour, response };
}

describe('the connection of a stream', () => {
  test.each([
    ['a short', 1],
    ['a long', 1_000],
  ])('is used again after %s answer whose end comes behind its closing mark', async (_what, chunks) => {
    const late = endsLate(chunks);
    sending.blue.next(late.behaviour);
    const { text } = await readAll(sending.router.stream('chat', REQUEST));
    expect(text).toHaveLength(100 * chunks);
    const response = await late.response;
    const { socket } = response;
    // A round trip on another connection: what became of this one has arrived by then.
    await sending.router.complete('chat', REQUEST);
    response.end();
    await sending.router.complete('chat', REQUEST);
    expect(socket?.destroyed).toBe(false);
  });
});
