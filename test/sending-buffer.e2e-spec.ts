import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { answer } from './support/fake-provider.js';
import { awaited, cutsAfter, readAll, REQUEST, says, Sending } from './support/sending.js';

let sending: Sending;
beforeAll(async () => (sending = await Sending.start({ options: { bufferThreshold: 4 } })));
beforeEach(() => sending.reset());
afterAll(() => sending.stop());

const stream = () => sending.router.stream('chat', REQUEST, { environment: 'green' });

describe('with four chunks buffered', () => {
  test('a cut within them is rescued unseen: no word of green reaches the caller', async () => {
    sending.green.always(cutsAfter('one', 'two', 'three'));
    expect(await readAll(stream())).toEqual({ text: 'Hello there' });
  });

  test('silence within them is rescued unseen', async () => {
    const { behaviour, asked } = awaited(says('one', 'two', 'three'));
    sending.green.always(behaviour);
    const reading = readAll(stream());
    await asked;
    await sending.clock.shortestTimer(300_000);
    sending.clock.advance(300_000);
    expect(await reading).toEqual({ text: 'Hello there' });
  });

  test('a cut after them is an error, and what came before was delivered', async () => {
    sending.green.always(cutsAfter('1', '2', '3', '4', '5'));
    expect(await readAll(stream())).toEqual({
      text: '12345',
      error: expect.objectContaining({ failure: 'network', environment: 'green' }),
    });
  });

  test('a whole answer that is shorter comes whole', async () => {
    sending.green.always(answer({ words: ['short'] }));
    expect(await readAll(stream())).toEqual({ text: 'short' });
  });
});
