import { describe, expect, test } from '@jest/globals';
import { evidenceOf } from '../../test/support/evidence.js';
import { History, routeWith } from '../../test/support/history.js';
import { entryOf, readBack } from '../../test/support/recorded.js';
import { setTrafficWeights } from '../domain/route-commands.js';
import type { RouteState } from '../domain/state.js';
import { checkSplit } from './check-split.js';
import { splitBasis } from './decision-basis.js';
import { replay } from './replay.js';

const healthCheck = { enabled: true, errorRate: 0.05, latencyP99: 500, autoRollback: true };
const history = new History(routeWith({ blue: 80, green: 10, third: 10 }));
const route: RouteState = { ...history.route, settings: { healthCheck } };

const well = evidenceOf({ ok: 100 });
const broken = evidenceOf({ ok: 10, errors: 30 });

/** What was found, and the entry of what was done. */
function reverted(worse: Record<string, typeof well>) {
  const failed = checkSplit(route, (name) => worse[name] ?? well)!;
  const [event] = setTrafficWeights({ blue: 100 })(route);
  return { failed, entry: entryOf(event!, failed.gates, splitBasis(failed)) };
}

describe('A split that was reverted by its health check', () => {
  test.each(['green', 'third'])('is reverted again, for %s as before', (environment) => {
    const { failed, entry } = reverted({ [environment]: broken });
    expect(failed.environment).toBe(environment);
    expect(replay(route, entry)).toEqual({ verdict: 'same', differences: [], gates: readBack(failed.gates) });
  });

  test('is so too in an outage of both', () => {
    const { failed, entry } = reverted({ green: broken, blue: broken });
    expect(failed.gates).toMatchObject([{ shared: true }, { gate: 'latency-p99' }]);
    expect(replay(route, entry).gates).toEqual(readBack(failed.gates));
  });

  test('is so by the limits of the options where the route had none of its own', () => {
    const { failed, entry } = reverted({ green: broken });
    expect(replay({ ...route, settings: {} }, entry)).toMatchObject({ verdict: 'same', gates: readBack(failed.gates) });
  });

  test('is left alone under limits that it is within: then no gate fails', () => {
    const { entry } = reverted({ green: broken });
    const lenient = { ...route, settings: { healthCheck: { ...healthCheck, errorRate: 0.9 } } };
    expect(replay(lenient, entry)).toMatchObject({
      verdict: 'different',
      differences: [
        'it now decides "hold", the journal has "setWeights"',
        'error-rate: is not read',
        'latency-p99: is not read',
      ],
    });
  });

  test('is not reverted for an environment that had no share of it, whatever else there was', () => {
    const { entry } = reverted({ third: broken });
    const without = { ...route, weights: { blue: 90, green: 10, third: 0 } };
    expect(replay(without, entry).differences[0]).toBe('it now decides "hold", the journal has "setWeights"');
  });

  test('cannot be looked at again without its figures', () => {
    const { entry } = reverted({ green: broken });
    expect(replay(route, { ...entry, basis: { ...entry.basis, form: 1 } }).verdict).toBe('unrecorded');
    expect(replay(route, { ...entry, basis: { form: 1 } }).verdict).toBe('unrecorded');
  });
});
