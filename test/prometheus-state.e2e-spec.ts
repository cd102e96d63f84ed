import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { AlertService } from 'nestjs-blue-green';
import { Registry } from 'prom-client';
import { againstConventions, valueOf, type Family } from './support/exposition.js';
import { fail } from './support/fake-provider.js';
import { metricsOf, scrape } from './support/metrics.js';
import { BLUE_COST, metricsWorld } from './support/metrics-world.js';
import { controlOptions } from './support/control.js';
import { REQUEST, Sending } from './support/sending.js';

const gate = (name: string) => ({ route: 'chat', gate: name });

describe('metrics of a paused rollout', () => {
  let world: Sending;
  let families: Map<string, Family>;

  beforeAll(async () => {
    world = await metricsWorld();
    families = await metricsOf(world.app);
  });
  afterAll(() => world.stop());

  const value = (name: string, labels: Record<string, string> = {}) => valueOf(families, `blue_green_${name}`, labels);
  const green = { route: 'chat', environment: 'green' };
  const blue = { route: 'chat', environment: 'blue' };

  test("are named by Prometheus' conventions", () => {
    expect(againstConventions(families)).toEqual([]);
  });

  test('say which version is where, which share it has, and which environment is live', () => {
    expect(value('environment_info', { ...green, version: 'v2', model: 'green-model' })).toBe(1);
    expect([blue, green].map((labels) => value('environment_weight_ratio', labels))).toEqual([0.5, 0.5]);
    expect([blue, green].map((labels) => value('environment_active', labels))).toEqual([1, 0]);
  });

  test('say where the rollout is in its schedule, and why it does not go on', () => {
    const { series } = families.get('blue_green_rollout_phase')!;
    expect(series.filter((one) => one.value === 1).map(({ labels }) => labels)).toEqual([
      { route: 'chat', phase: 'Paused' },
    ]);
    expect(series).toHaveLength(8);
    expect([value('rollout_step'), value('rollout_steps')]).toEqual([1, 2]);
    expect(value('rollout_paused', { route: 'chat', reason: 'Manual' })).toBe(1);
  });

  test('say of every gate what it sees, its limit in base units, and what it makes of it', () => {
    const { gates } = world.rollouts.evaluate('chat')!;
    const errors = gates.find((result) => result.gate === 'errors')!;
    expect(value('gate_observed', gate('errors'))).toBe(errors.observed);
    expect(value('gate_limit', gate('errors'))).toBe(0.5);
    expect(value('gate_limit', gate('slow'))).toBe(2);
    expect(value('gate_verdict', { ...gate('errors'), verdict: errors.verdict })).toBe(1);
    const { evidence } = gates.find((result) => result.gate === 'worse')!;
    expect(value('gate_evidence_ratio', gate('worse'))).toBeCloseTo(evidence!.value / evidence!.limit, 10);
  });

  test('say what the budget has, and it is what the requests have cost', () => {
    const spent = value('budget_spent_usd', { scope: 'app' });
    expect(value('budget_limit_usd', { scope: 'app' })).toBe(10);
    expect(spent).toBeCloseTo(value('cost_usd_total', blue) + value('cost_usd_total', green), 6);
    const answered = world.observed.filter(({ answeredBy }) => answeredBy?.environment === 'blue');
    expect(value('cost_usd_total', blue)).toBeCloseTo(answered.length * BLUE_COST, 10);
  });

  test('count what was decided and who was told, and name nobody', async () => {
    expect(value('decisions_total', { event: 'RolloutStarted', by: 'person' })).toBe(1);
    expect(value('decisions_total', { event: 'RolloutPaused', by: 'person' })).toBe(1);
    const told = await world.app.get(AlertService).recent({ type: 'rollout_started' });
    expect(value('alerts_total', { type: 'rollout_started', severity: told[0]!.severity })).toBe(told.length);
    expect(await scrape(world.app)).not.toMatch(/ada|secret|sk-|parcel/);
  });

  test('count mirrors and those that were not sent', () => {
    expect(value('shadow_mirrors_total', { route: 'chat', outcome: 'ok' })).toBeGreaterThan(0);
    expect(value('shadow_shed_total', { route: 'chat', reason: 'same_environment' })).toBeGreaterThan(0);
    expect(value('shadow_similarity_ratio', { route: 'chat' })).toBe(1);
  });

  test('say at which revision this replica is, and that its journal is there', () => {
    expect(value('journal_revision')).toBe(world.rollouts.revision);
    expect(value('journal_away_seconds')).toBe(0);
  });

  test('end with the rollout: gates that nobody reads are not there', async () => {
    await world.rollouts.rollback('chat');
    families = await metricsOf(world.app);
    expect(families.get('blue_green_gate_observed')!.series).toEqual([]);
    expect(value('rollout_phase', { phase: 'RolledBack' })).toBe(1);
    expect(value('environment_weight_ratio', green)).toBe(0);
    expect(value('alerts_total', { type: 'rollback' })).toBe(1);
  });
});

test('A breaker that has opened is seen, and one that was never asked for is closed', async () => {
  const breaker = { size: 2, minCalls: 2, threshold: 0.5, halfOpenAfter: '1h' };
  const options = { keys: controlOptions.keys, breaker, prometheus: { registry: new Registry() } };
  const sending = await Sending.start({ options });
  try {
    sending.green.always(fail(500));
    const ask = () => sending.router.complete('chat', REQUEST, { environment: 'green' });
    await ask();
    const open = async (environment: string) =>
      valueOf(await metricsOf(sending.app), 'blue_green_breaker_open', { environment });
    expect(await open('green')).toBe(0);
    await ask();
    expect([await open('green'), await open('blue')]).toEqual([1, 0]);
  } finally {
    await sending.stop();
  }
});
