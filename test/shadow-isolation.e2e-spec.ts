import { afterEach, describe, expect, test } from '@jest/globals';
import { answer, fail } from './support/fake-provider.js';
import { awaited, cutsAfter, REQUEST, readAll, says, silence } from './support/sending.js';
import { Shadowing, type ShadowOptions } from './support/shadowing.js';

let shadowing: Shadowing;
afterEach(() => shadowing.stop());

async function start(shadow?: ShadowOptions) {
  shadowing = await Shadowing.start(shadow);
  const { blue, green, router, clock } = shadowing.sending;
  return { blue, green, router, clock, ask: () => router.complete('chat', REQUEST) };
}

const times = <T>(n: number, run: () => Promise<T>): Promise<T[]> => Promise.all(Array.from({ length: n }, run));

describe('While green hangs', () => {
  test('every caller is answered, and no more pairs are open than may be', async () => {
    const { green, ask } = await start({ concurrency: 4 });
    green.always(silence);
    for (let round = 0; round < 5; round++) {
      const answers = await times(10, ask);
      expect(answers.every(({ content, environment }) => content === 'Hello there' && environment === 'blue')).toBe(
        true,
      );
      expect(green.calls.length).toBeLessThanOrEqual(4);
    }
    expect(shadowing.report).toMatchObject({ open: 4, pairs: 0, shed: { concurrency: 46 } });
  });

  test('mirrors end by the time limit of their own, and make room', async () => {
    const { green, clock, ask } = await start({ concurrency: 2 });
    const hangs = awaited(silence);
    green.always(hangs.behaviour);
    await times(2, ask);
    await hangs.asked;
    const pairs = shadowing.pairs(2);
    clock.advance(600_000);
    expect((await pairs).map(({ shadow }) => shadow.outcome)).toEqual(['timeout', 'timeout']);
    green.always(answer());
    const next = shadowing.pairs(1);
    await ask();
    expect((await next)[0]!.shadow.outcome).toBe('ok');
    expect(shadowing.report).toMatchObject({ open: 0, pairs: 3, compared: 1, failures: { timeout: 2 } });
  });

  test('the app closes at once, and lets go of the mirror', async () => {
    const { green, ask } = await start();
    const hangs = awaited(silence);
    green.always(hangs.behaviour);
    await ask();
    const { closed } = await hangs.asked;
    await shadowing.sending.app.close();
    await closed;
    expect(shadowing.report).toMatchObject({ pairs: 0, failures: {} });
  });
});

describe('A failing green', () => {
  test('is asked once, and nobody notices', async () => {
    const { green, ask } = await start();
    green.always(fail(503));
    const pairs = shadowing.pairs(3);
    for (let i = 0; i < 3; i++) expect(await ask()).toMatchObject({ content: 'Hello there', attempts: [{}] });
    await pairs;
    expect(green.calls).toHaveLength(3);
    expect(shadowing.report).toMatchObject({ pairs: 3, compared: 0, failures: { server_error: 3 } });
  });

  test('that cuts its stream leaves the caller’s whole', async () => {
    const { green, router } = await start();
    green.always(cutsAfter('Hel'));
    const pairs = shadowing.pairs(1);
    expect(await readAll(router.stream('chat', REQUEST))).toEqual({ text: 'Hello there' });
    expect(await pairs).toMatchObject([{ caller: { outcome: 'ok' }, shadow: { outcome: 'network' } }]);
  });
});

describe('A caller that leaves', () => {
  test('does not cancel the mirror', async () => {
    const { blue, green, router } = await start();
    blue.always(says('Hel'));
    let finish: (() => void) | undefined;
    const held = awaited(async (request, response) => {
      await new Promise<void>((resolve) => (finish = resolve));
      await answer()(request, response);
    });
    green.always(held.behaviour);
    const pairs = shadowing.pairs(1);
    const caller = new AbortController();
    const reading = readAll(router.stream('chat', REQUEST, { signal: caller.signal }));
    await held.asked;
    caller.abort();
    expect(await reading).toMatchObject({ error: { code: 'upstream_client_abort' } });
    finish!();
    expect(await pairs).toMatchObject([{ caller: { outcome: 'client_abort' }, shadow: { outcome: 'ok' } }]);
    expect(shadowing.report).toMatchObject({ pairs: 1, compared: 0 });
  });

  test('without a word, and reads no more, does not hold its pair open for ever', async () => {
    shadowing = await Shadowing.start({}, { timeouts: { streamTotal: '1h' } });
    const { blue, clock, router } = shadowing.sending;
    blue.always(says('Hel'));
    const stream = router.stream('chat', REQUEST)[Symbol.asyncIterator]();
    await stream.next();
    const patience = 10 * 60_000;
    // The mirror has ended, and the pair waits for its caller.
    while (!clock.runs(patience)) await new Promise((resolve) => setImmediate(resolve));
    const pairs = shadowing.pairs(1);
    clock.advance(patience);
    expect(await pairs).toMatchObject([{ caller: { outcome: 'client_abort' }, shadow: { outcome: 'ok' } }]);
    expect(shadowing.report.open).toBe(0);
    await stream.return?.(undefined);
  });
});

describe('Where blue fails and a fallback answers', () => {
  test('green is compared with the answer that the caller got', async () => {
    const { blue, ask } = await start();
    blue.always(fail(500));
    const pairs = shadowing.pairs(1);
    expect(await ask()).toMatchObject({ environment: 'backup' });
    expect(await pairs).toMatchObject([{ caller: { environment: 'backup' }, comparison: { textSimilarity: 1 } }]);
  });

  test('that is green itself, nothing is compared', async () => {
    shadowing = await Shadowing.start({ to: 'green' }, { fallback: ['green'] });
    const { blue, router } = shadowing.sending;
    blue.always(fail(500));
    const pairs = shadowing.pairs(1);
    expect(await router.complete('chat', REQUEST)).toMatchObject({ environment: 'green' });
    expect((await pairs)[0]!.comparison).toBeUndefined();
  });
});
