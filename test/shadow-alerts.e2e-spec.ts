import { afterEach, describe, expect, test } from '@jest/globals';
import { answer } from './support/fake-provider.js';
import { REQUEST } from './support/sending.js';
import { Shadowing } from './support/shadowing.js';

let shadowing: Shadowing;
afterEach(() => shadowing.stop());

const ask = () => shadowing.sending.router.complete('chat', REQUEST);

async function askAndCompare(times: number): Promise<void> {
  for (let i = 0; i < times; i++) {
    const pair = shadowing.pairs(1);
    await ask();
    await pair;
  }
}

describe('An alert', () => {
  test('tells that green answers something else', async () => {
    shadowing = await Shadowing.start({ driftAlertAfter: 3 });
    shadowing.sending.green.always(answer({ words: ['Something', ' else', ' entirely'] }));
    const alert = shadowing.alert();
    await askAndCompare(3);
    expect(await alert).toMatchObject({ type: 'response_drift', route: 'chat', pairs: 3, outsideTolerance: 0 });
    expect(shadowing.report).toMatchObject({ belowThreshold: 1, compared: 3 });
  });

  test('tells of a single answer that is something else, once in a while', async () => {
    shadowing = await Shadowing.start({ responseComparison: { similarityThreshold: 0.9 }, pairAlertEvery: '5m' });
    shadowing.sending.green.always(answer({ words: ['Something', ' else', ' entirely'] }));
    const first = shadowing.alert(true);
    await askAndCompare(3);
    expect(await first).toMatchObject({ type: 'response_drift', pairs: 1, requestId: expect.any(String) });
    expect((await first).message).toMatch(/similarity of the answers to request .* is 0\.\d\d \(threshold 0\.9\)\.$/);
    shadowing.sending.clock.advance(5 * 60_000);
    const second = shadowing.alert(true);
    await askAndCompare(1);
    expect((await second).message).toContain('2 more drifted since the last report.');
  });

  test('tells that mirrors are wanted and none comes about, and why', async () => {
    shadowing = await Shadowing.start({ perMonthUsd: 0, noMirrorAlertAfter: '5m' });
    const spent = shadowing.alert();
    await ask();
    expect((await spent).type).toBe('shadow_budget');
    shadowing.sending.clock.advance(5 * 60_000);
    const alert = shadowing.alert();
    await ask();
    expect(await alert).toMatchObject({ type: 'no_mirrors', wanted: 2 });
    expect(shadowing.report).toMatchObject({ lastMirrorAt: undefined, shed: { budget: 2 } });
  });

  test('tells that the shadow is live itself, so that nothing is ever mirrored', async () => {
    shadowing = await Shadowing.start({ to: 'blue', noMirrorAlertAfter: '5m' });
    await ask();
    shadowing.sending.clock.advance(5 * 60_000);
    const alert = shadowing.alert();
    await ask();
    expect((await alert).type).toBe('no_mirrors');
    expect(shadowing.report.shed.same_environment).toBe(2);
  });
});

describe('Figures', () => {
  test('are those of the environment on trial, and begin again with the next one', async () => {
    shadowing = await Shadowing.start();
    await askAndCompare(2);
    expect(shadowing.report).toMatchObject({ environment: 'green', version: 'v2', pairs: 2 });
    const { rollouts } = shadowing.sending;
    await rollouts.start('chat');
    await rollouts.promote('chat');
    expect(shadowing.report).toMatchObject({ environment: 'blue', version: 'v1', pairs: 0 });
    await askAndCompare(1);
    expect(shadowing.report).toMatchObject({ environment: 'blue', compared: 1 });
  });

  test('cost and time of both sides stand beside each other', async () => {
    shadowing = await Shadowing.start();
    await askAndCompare(2);
    const { caller, shadow, spentThisMonthUsd } = shadowing.report;
    expect(caller.cost).toBeCloseTo(2 * 0.00012);
    expect(shadow.cost).toBeCloseTo(2 * 0.0012);
    expect(spentThisMonthUsd).toBeCloseTo(shadow.cost!);
    expect(shadow.latency.p95).not.toBeNull();
  });

  test('of a share of the traffic are of that share', async () => {
    shadowing = await Shadowing.start({ percentage: 50 });
    await ask();
    expect(shadowing.report.open).toBe(0);
    await shadowing.stop();
    shadowing = await Shadowing.start({ percentage: 51 });
    await askAndCompare(1);
    expect(shadowing.report.pairs).toBe(1);
  });
});
