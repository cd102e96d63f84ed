import { describe, expect, test } from '@jest/globals';
import { evidenceOf } from '../../test/support/evidence.js';
import { History, routeWith } from '../../test/support/history.js';
import { changeSettings } from '../domain/route-commands.js';
import type { HealthCheck, RouteSettings } from '../domain/route-settings.js';
import type { Weights } from '../domain/weights.js';
import { checkSplit } from './check-split.js';

const WATCHED = { enabled: true, errorRate: 0.05, autoRollback: true };
const healthy = evidenceOf({ ok: 100, latency: 100 });
const broken = evidenceOf({ ok: 80, errors: 20, latency: 100 });
const flaky = evidenceOf({ ok: 94, errors: 6, latency: 100 });
const slow = evidenceOf({ ok: 100, latency: 3_500 });
const SPLIT: Weights = { blue: 60, green: 20, third: 20 };

function checked(
  healthCheck: RouteSettings['healthCheck'],
  worse: Record<string, typeof healthy>,
  weights = SPLIT,
  configured?: HealthCheck,
) {
  const history = new History(routeWith(weights));
  if (healthCheck) history.run(changeSettings({ healthCheck }));
  return checkSplit(history.route, (environment) => worse[environment] ?? healthy, configured);
}

describe('A split that no rollout walks', () => {
  test('is said to fail by the first environment beside the live one that is over a limit', () => {
    const found = checked(WATCHED, { blue: broken, third: broken });
    expect(found).toMatchObject({ environment: 'third', gates: [{ gate: 'error-rate', verdict: 'fail' }] });
    expect(found!.reason).toMatch(
      /^error-rate: "third" failed 20% of \d+ requests, over the limit of 5%; "blue" failed/,
    );
    expect(checked(WATCHED, { green: broken, third: broken })!.environment).toBe('green');
  });

  test('is well while all are within their limits, at the limit too', () => {
    expect(checked(WATCHED, {})).toBeUndefined();
    expect(checked({ ...WATCHED, errorRate: 0.2 }, { green: broken })).toBeUndefined();
  });

  test('is not judged by an environment without traffic, nor by fewer than twenty requests', () => {
    expect(checked(WATCHED, { green: broken }, { blue: 100, green: 0 })).toBeUndefined();
    expect(checked(WATCHED, { green: evidenceOf({ errors: 19 }) })).toBeUndefined();
    expect(checked(WATCHED, { green: evidenceOf({ errors: 20 }) })).toBeDefined();
  });

  test('has a limit on the slowest of a hundred requests, where one is set', () => {
    const rest = { enabled: true, latencyP99: 2_000, autoRollback: true };
    const found = checked(rest, { green: slow });
    expect(found!.gates).toMatchObject([{ gate: 'latency-p99', limit: 2_000, verdict: 'fail' }]);
    expect(found!.reason).toContain('p99 latency');
    expect(checked(rest, { green: broken })).toBeUndefined();
    expect(checked(WATCHED, { green: slow })).toBeUndefined();
    expect(checked({ ...WATCHED, latencyP99: 2_000 }, { green: broken })!.gates).toHaveLength(2);
  });

  test('has limits by default where a health check names none, and by the one it names alone otherwise', () => {
    const bare = { enabled: true, autoRollback: true };
    expect(checked(bare, {})).toBeUndefined();
    expect(checked(bare, { green: slow })!.gates).toMatchObject([
      { gate: 'error-rate', limit: 0.05, verdict: 'pass' },
      { gate: 'latency-p99', limit: 3_000, verdict: 'fail' },
    ]);
    expect(checked(bare, { green: broken })!.reason).toContain('"green" failed 20% of');
    expect(checked(WATCHED, { green: slow })).toBeUndefined();
  });

  test('is not blamed by a default limit that the live environment is over much the same, by one that was chosen it is', () => {
    const bare = { enabled: true, autoRollback: true };
    expect(checked(bare, { blue: slow, green: slow })).toBeUndefined();
    expect(checked(bare, { blue: slow, green: broken })).toMatchObject({ environment: 'green' });
    expect(checked(bare, { blue: flaky, green: broken })).toMatchObject({ environment: 'green' });
    expect(checked(bare, { blue: broken, green: broken })).toBeUndefined();
    expect(checked({ ...bare, latencyP99: 2_000 }, { blue: slow, green: slow })).toBeDefined();
  });

  test('is said to fail where nothing is to be taken back as well', () => {
    const alone = { ...WATCHED, autoRollback: false };
    expect(checked(alone, { green: broken })).toMatchObject({ environment: 'green', healthCheck: alone });
  });

  test('is left alone where nobody watches it', () => {
    expect(checked(undefined, { green: broken })).toBeUndefined();
    expect(checked({ ...WATCHED, enabled: false }, { green: broken })).toBeUndefined();
  });

  test('is watched by what is configured, unless the route has a health check of its own', () => {
    expect(checked(undefined, { green: broken }, SPLIT, WATCHED)).toMatchObject({ healthCheck: WATCHED });
    expect(checked({ ...WATCHED, enabled: false }, { green: broken }, SPLIT, WATCHED)).toBeUndefined();
  });
});
