import { describe, expect, test } from '@jest/globals';
import { History, planWith, routeWith } from '../../test/support/history.js';
import type { ShadowStage } from '../domain/plan.js';
import { rollbackRoute } from '../domain/rollback-commands.js';
import { confirmRollback, promoteRollout } from '../domain/rollout-commands.js';
import { advanceRollout } from '../domain/stage-commands.js';
import { pauseRollout } from '../domain/pause-commands.js';
import { LiveRouteTable } from './live-route-table.js';
import { RequestAssigner } from './request-assigner.js';
import { RoutePolicyError } from './route-policy.js';
import { RouteTable, type CompiledRoute } from './route-table.js';
import type { MayForce } from './routing.options.js';
import { shadowTarget } from './shadow-target.js';
import { TrafficSplitter } from './traffic-splitter.js';

const BLUE_LIVE = routeWith({ blue: 100, green: 0, third: 0 });
const STAGE: ShadowStage = { percentage: 20, concurrency: 3, duration: 1, minPairs: 1, maxFailureRate: 0 };
const compiled = ({ state }: History): CompiledRoute => RouteTable.from(state).get('chat');
const environmentOf = (slot: { environment: string } | undefined) => slot?.environment;

describe('The canary', () => {
  test('is the idle one, the one that a rollout tries, and the one that it came from after a success', () => {
    expect(environmentOf(compiled(new History(BLUE_LIVE)).canary)).toBe('green');
    const history = History.rolling(BLUE_LIVE);
    expect(environmentOf(compiled(history).canary)).toBe('green');
    history.run(promoteRollout);
    expect(environmentOf(compiled(history).canary)).toBe('blue');
    expect(environmentOf(compiled(history).active)).toBe('green');
  });

  test('is nobody where there is nobody else', () => {
    expect(compiled(new History(routeWith({ blue: 100 }))).canary).toBeUndefined();
  });

  test('is where mirrors go, unless another one is named', () => {
    const route = compiled(new History(BLUE_LIVE));
    expect(shadowTarget(route, undefined)).toMatchObject({ environment: 'green', weight: 0 });
    expect(shadowTarget(route, 'third')).toMatchObject({ environment: 'third' });
    expect(shadowTarget(route, 'nobody')).toBeUndefined();
  });
});

describe('The environment that was rolled back from', () => {
  test('is known from the rollback on, and not before', () => {
    const history = History.rolling(BLUE_LIVE);
    expect(compiled(history).rolledBackFrom).toBeUndefined();
    history.run(rollbackRoute);
    expect(compiled(history).rolledBackFrom).toBe('green');
    history.run(confirmRollback);
    expect(compiled(history).rolledBackFrom).toBe('green');
    expect(compiled(new History(BLUE_LIVE)).rolledBackFrom).toBeUndefined();
  });
});

const shadowing = () => History.rolling(BLUE_LIVE, planWith([5], { shadow: STAGE }));

describe('A shadow stage of a rollout', () => {
  test('says which requests are mirrored, under an id of its own', () => {
    const history = shadowing();
    const { id, ...rest } = compiled(history).mirrored!;
    expect(rest).toEqual({ percentage: 20, concurrency: 3, maxCostUsd: undefined });
    expect(id).toBe(`r1 ${history.route.epoch}`);
  });

  test('goes on in a pause, and is over with its stage', () => {
    const history = shadowing();
    history.run(pauseRollout('NoTraffic'));
    expect(compiled(history).mirrored).toBeDefined();
    history.run(advanceRollout);
    expect(compiled(history).mirrored).toBeUndefined();
    history.run(pauseRollout('Manual'));
    expect(compiled(history).mirrored).toBeUndefined();
  });

  test('is not there for rollouts without one', () => {
    expect(compiled(History.rolling(BLUE_LIVE)).mirrored).toBeUndefined();
  });
});

const assigned = async (weights: Record<string, number>, mayForce: MayForce = () => true, shadowTo?: string) => {
  const table = new LiveRouteTable();
  table.swap(RouteTable.from(new History(routeWith(weights, { active: 'blue' })).state));
  const assigner = new RequestAssigner(new TrafficSplitter(table, () => 0), table, {
    stickiness: () => ({ headers: ['x-user-id'], sessionHeaders: [], bodyKeys: [] }),
    mayForce,
    defaultRoute: 'chat',
    ...(shadowTo !== undefined && { extras: () => ({ shadowTo }) }),
  });
  const headers = { 'x-route-policy': 'shadow', 'x-user-id': 'ada' };
  return (await assigner.assign({ headers, body: undefined })).assignment;
};

describe('A request that asks to be mirrored', () => {
  test('is answered as any other, and marked', async () => {
    expect(await assigned({ blue: 100, green: 0 })).toMatchObject({
      environment: 'blue',
      reason: 'sticky',
      mirror: true,
    });
  });

  test('is answered by the live environment where it would be answered by the shadow itself', async () => {
    const assignment = await assigned({ blue: 0, green: 100 });
    expect(assignment).toMatchObject({ environment: 'blue', reason: 'forced', mirror: true });
    expect(assignment.unit).toBeDefined();
  });

  test('stays where it is when it is mirrored elsewhere', async () => {
    const assignment = await assigned({ blue: 0, green: 100, third: 0 }, () => true, 'third');
    expect(assignment).toMatchObject({ environment: 'green', reason: 'sticky', mirror: true });
  });

  test('needs the permission for the environment that it is mirrored to', async () => {
    const asked: string[] = [];
    const mayForce: MayForce = (_request, environment) => {
      asked.push(environment);
      return false;
    };
    await expect(assigned({ blue: 100, green: 0 }, mayForce)).rejects.toMatchObject({
      status: 401,
      environment: 'green',
    });
    expect(asked).toEqual(['green']);
  });

  test('is refused where there is nobody to mirror to', async () => {
    const refused = assigned({ blue: 100 });
    await expect(refused).rejects.toThrow(RoutePolicyError);
    await expect(refused).rejects.toMatchObject({
      message: 'The header X-Route-Policy says "shadow", which cannot be followed.',
      remedy: expect.stringContaining('Route "chat" has no second environment'),
    });
  });
});
