import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { firstValueFrom, lastValueFrom, take, toArray } from 'rxjs';
import { answer, fail } from './support/fake-provider.js';
import { awaited, readAll, REQUEST, says, Sending, silence } from './support/sending.js';

let sending: Sending;
beforeAll(async () => (sending = await Sending.start()));
beforeEach(() => sending.reset());
afterAll(() => sending.stop());

/** Fails when the socket is still open 100 ms after the caller has left. */
async function closedSoon({ closed }: { closed: Promise<void> }): Promise<void> {
  const limit = AbortSignal.timeout(100);
  const late = new Promise<never>((_resolve, reject) => {
    limit.addEventListener('abort', () => reject(new Error('the socket is open after 100 ms')));
  });
  await Promise.race([closed, late]);
}

const stream$ = () => sending.router.stream$('chat', REQUEST, { environment: 'green' });
const green = (signal: AbortSignal) => ({ environment: 'green', signal });
const CLIENT_ABORT = [{ environment: 'green', outcome: 'client_abort', callerOutcome: 'client_abort' }];

function errors(): number {
  return sending.rollouts.status('chat').environments['green']!.total.errorCount;
}

describe('a caller that leaves', () => {
  test('before the call: nobody is asked', async () => {
    const result = sending.router.complete('chat', REQUEST, green(AbortSignal.abort()));
    await expect(result).rejects.toMatchObject({ failure: 'client_abort' });
    expect(sending.calls).toEqual([0, 0, 0]);
    expect(sending.observed).toMatchObject(CLIENT_ABORT);
  });

  test('during a call closes the socket, is no error, and nobody else is asked', async () => {
    const before = errors();
    const { behaviour, asked } = awaited(silence);
    sending.green.always(behaviour);
    const caller = new AbortController();
    const result = sending.router.complete('chat', REQUEST, green(caller.signal));
    const seen = await asked;
    caller.abort();
    await Promise.all([
      closedSoon(seen),
      expect(result).rejects.toMatchObject({ code: 'upstream_client_abort', failure: 'client_abort' }),
    ]);
    expect(sending.calls).toEqual([0, 1, 0]);
    expect(sending.observed).toMatchObject(CLIENT_ABORT);
    expect(errors()).toBe(before);
  });

  test('in the middle of a stream closes the socket and is no error', async () => {
    const { behaviour, asked } = awaited(says('Hello', ' you'));
    sending.green.always(behaviour);
    const caller = new AbortController();
    const pieces = sending.router.stream('chat', REQUEST, green(caller.signal))[Symbol.asyncIterator]();
    await pieces.next();
    await pieces.next();
    const next = pieces.next();
    caller.abort();
    await Promise.all([asked.then(closedSoon), expect(next).rejects.toMatchObject({ failure: 'client_abort' })]);
    expect(sending.observed).toMatchObject(CLIENT_ABORT);
  });

  test('in the middle of a stream is paid for: what had come is counted', async () => {
    const { behaviour, asked } = awaited(says('Hello', ' you'));
    sending.green.always(behaviour);
    const pieces = sending.router.stream('chat', REQUEST, { environment: 'green' })[Symbol.asyncIterator]();
    await pieces.next();
    await pieces.next();
    await pieces.return?.(undefined);
    await closedSoon(await asked);
    expect(sending.observed).toMatchObject([{ outcome: 'client_abort', usage: { outputTokens: 2 } }]);
    expect(sending.observed[0]?.cost).toBeGreaterThan(0);
  });

  test('between two pieces, while it is not reading, closes the socket too', async () => {
    const { behaviour, asked } = awaited(says('Hello'));
    sending.green.always(behaviour);
    const caller = new AbortController();
    const pieces = sending.router.stream('chat', REQUEST, green(caller.signal))[Symbol.asyncIterator]();
    await pieces.next();
    caller.abort();
    await closedSoon(await asked);
    await expect(pieces.next()).rejects.toMatchObject({ failure: 'client_abort' });
  });

  test('by leaving the loop closes the socket, and the result says so', async () => {
    const { behaviour, asked } = awaited(says('Hello', ' you'));
    sending.green.always(behaviour);
    const stream = sending.router.stream('chat', REQUEST, { environment: 'green' });
    for await (const { text } of stream) {
      expect(text).toBe('Hello');
      break;
    }
    await closedSoon(await asked);
    await expect(stream.result).rejects.toMatchObject({ name: 'AbortError' });
    expect(sending.observed).toMatchObject(CLIENT_ABORT);
  });

  test('after green has failed: that failure stays green’s', async () => {
    sending.green.always(fail(500));
    const { behaviour, asked } = awaited(silence);
    sending.blue.always(behaviour);
    const caller = new AbortController();
    const result = sending.router.complete('chat', REQUEST, green(caller.signal));
    await asked;
    caller.abort();
    await expect(result).rejects.toMatchObject({ failure: 'client_abort' });
    expect(sending.observed).toMatchObject([{ outcome: 'server_error', callerOutcome: 'client_abort' }]);
  });

  test('leaves no timer and no listener of ours behind', async () => {
    sending.green.always(says('Hello'));
    const caller = new AbortController();
    const reading = readAll(sending.router.stream('chat', REQUEST, green(caller.signal)));
    await sending.clock.shortestTimer(300_000);
    caller.abort();
    await reading;
    expect(sending.clock.timers).toBe(0);
  });
});

describe('a stream as an Observable', () => {
  test('emits the pieces and completes', async () => {
    const pieces = await lastValueFrom(stream$().pipe(toArray()));
    expect(pieces.map(({ text }) => text).join('')).toBe('Hello there');
  });

  test('calls once per subscription, and not before', async () => {
    const shared = stream$();
    expect(sending.calls).toEqual([0, 0, 0]);
    await lastValueFrom(shared);
    await lastValueFrom(shared);
    expect(sending.calls).toEqual([0, 2, 0]);
  });

  test('errors as the loop would', async () => {
    for (const provider of sending.providers) provider.always(fail(400));
    await expect(lastValueFrom(stream$())).rejects.toMatchObject({ failure: 'rejected' });
  });

  test('closes the socket when it is unsubscribed', async () => {
    const { behaviour, asked } = awaited(says('Hello', ' you'));
    sending.green.always(behaviour);
    expect(await firstValueFrom(stream$().pipe(take(1)))).toMatchObject({ text: 'Hello' });
    await closedSoon(await asked);
  });

  test('of an unknown route errors, and does not throw while it is made', async () => {
    await expect(lastValueFrom(sending.router.stream$('nowhere', REQUEST))).rejects.toMatchObject({
      code: 'unknown_route',
    });
    sending.green.always(answer());
    await lastValueFrom(stream$());
  });
});
