import { afterEach, describe, expect, test } from '@jest/globals';
import { answer, fail } from './support/fake-provider.js';
import { awaited, cutsAfter, readAll, REQUEST, silence } from './support/sending.js';
import { Shadowing } from './support/shadowing.js';

let shadowing: Shadowing;
afterEach(() => shadowing.stop());

/** On green, at $10 and $20 per million tokens, estimated at about $0.0004. */
const request = { ...REQUEST, max_tokens: 10 };
const ask = () => shadowing.sending.router.complete('chat', request);
const cheap = answer({ usage: { inputTokens: 10, outputTokens: 10 } });
/** What it costs in the end. */
const COST = 0.0003;

describe('The budget for mirrors', () => {
  test('is not overspent by 64 mirrors that begin at once', async () => {
    const perMonthUsd = 10 * COST;
    shadowing = await Shadowing.start({ perMonthUsd, concurrency: 64 });
    const { green } = shadowing.sending;
    green.always(cheap);
    const alert = shadowing.alert();
    const first = shadowing.pairs(1);
    await Promise.all(Array.from({ length: 64 }, ask));
    expect(await alert).toMatchObject({ type: 'shadow_budget', route: 'chat', budgetUsd: perMonthUsd });
    await first;
    for (let i = 0; i < 20; i++) await ask();
    const { spentThisMonthUsd, shed } = shadowing.report;
    expect(spentThisMonthUsd).toBeLessThanOrEqual(perMonthUsd);
    expect(green.calls.length).toBeLessThanOrEqual(10);
    expect(green.calls.length).toBeGreaterThan(5);
    expect(shed.budget).toBeGreaterThan(50);
  });

  test('has a refused mirror’s money back, and keeps a silent one’s', async () => {
    shadowing = await Shadowing.start({ perMonthUsd: 1 });
    const { green, clock } = shadowing.sending;
    green.always(fail(500));
    const refused = shadowing.pairs(1);
    await ask();
    await refused;
    expect(shadowing.report.spentThisMonthUsd).toBe(0);

    const hangs = awaited(silence);
    green.always(hangs.behaviour);
    await ask();
    await hangs.asked;
    const silent = shadowing.pairs(1);
    clock.advance(600_000);
    await silent;
    expect(shadowing.report.spentThisMonthUsd).toBeGreaterThan(0);
  });

  test('keeps the money of a stream that broke behind its first token', async () => {
    shadowing = await Shadowing.start({ perMonthUsd: 1 });
    shadowing.sending.green.always(cutsAfter('Hel'));
    const cut = shadowing.pairs(1);
    await readAll(shadowing.sending.router.stream('chat', request));
    expect(await cut).toMatchObject([{ shadow: { outcome: 'network' } }]);
    expect(shadowing.report.spentThisMonthUsd).toBeGreaterThan(0);
  });

  test('sends nothing where nobody knows the price', async () => {
    shadowing = await Shadowing.start({ perMonthUsd: 1, to: 'backup' });
    // The mirror's turn comes before the answer's.
    await ask();
    expect(shadowing.sending.backup.calls).toHaveLength(0);
    expect(shadowing.report.shed.unpriced).toBe(1);
  });

  test('begins again with the month', async () => {
    shadowing = await Shadowing.start({ perMonthUsd: 0.0005 });
    const { green, clock } = shadowing.sending;
    green.always(cheap);
    const spent = shadowing.pairs(1);
    await ask();
    await spent;
    const alert = shadowing.alert();
    await ask();
    await alert;
    clock.setWall(Date.UTC(2026, 1, 1));
    const again = shadowing.pairs(1);
    await ask();
    await again;
    expect(green.calls).toHaveLength(2);
  });
});
