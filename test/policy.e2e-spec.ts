import type { INestApplication } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { RolloutService } from 'nestjs-blue-green';
import { filter, firstValueFrom } from 'rxjs';
import { ADAPTERS } from './support/app.js';
import { control, controlOptions } from './support/control.js';
import { blueAndGreen } from './support/environments.js';
import { sdkFor, startGateway } from './support/gateway.js';
import { Stage } from './support/stage.js';

const BLUE = { blue: 100, green: 0 };

/** A policy as scripts for relays send it. */
const shift = (green: number, increment: number, interval_seconds = 300) => ({
  routing: { strategy: 'weighted', weights: { blue: 100 - green, green } },
  traffic_shift: {
    increment,
    interval_seconds,
    validation_threshold: { error_rate: 0.01, latency_p99_ms: 2000, p99_difference_ms: 1500 },
  },
});

describe.each(ADAPTERS)('a policy with a shift, on %s', (adapter) => {
  let stage: Stage;
  let app: INestApplication;

  beforeEach(async () => {
    stage = await Stage.open();
    stage.provider.models = ['model-blue', 'model-green'];
    app = await startGateway(stage, adapter, { options: controlOptions });
  });
  afterEach(() => stage.close());

  const policy = async (body: object) => {
    const { status, json } = await control(app, 'PATCH', '/routing/policy', body);
    return { status, json };
  };
  const status = async () => (await control(app, 'GET', '/rollouts/chat')).json;

  /** Requests of new users until `isDone`. */
  async function trafficUntil(isDone: () => boolean): Promise<void> {
    const client = sdkFor(app);
    for (let n = 0; !isDone(); n++) {
      await client.chat.completions.create({
        model: 'chat',
        messages: [{ role: 'user', content: 'Hi' }],
        user: `u${n}`,
      });
    }
  }

  test('of 100% walks there without waiting for the monitor, stays, and green is live', async () => {
    const rollouts = app.get(RolloutService);
    let isOver = false;
    const over = firstValueFrom(
      rollouts.events$.pipe(filter(({ type }) => type === 'RolloutSucceeded' || type === 'RolloutAborted')),
    ).then(({ type }) => {
      isOver = true;
      return type;
    });
    const seen: unknown[] = [];
    rollouts.events$.subscribe((entry) => 'weights' in entry && seen.push(entry.weights['green']));
    expect(await policy(shift(100, 50, 0.05))).toMatchObject({
      status: 200,
      json: { weights: { blue: 50, green: 50 } },
    });
    await trafficUntil(() => isOver);
    expect(await over).toBe('RolloutSucceeded');
    expect(seen).toEqual([50, 100, 100]);
    expect(await status()).toMatchObject({ active: 'green', weights: { blue: 0, green: 100 }, rollback_to: 'blue' });
  });

  test('of 0% puts nothing on green', async () => {
    expect(await policy(shift(0, 10))).toMatchObject({ status: 200, json: { status: 'active', weights: BLUE } });
    expect(await status()).toMatchObject({ canary_active: false });
  });

  test.each([5, 10, 50, 90])('of 10% by %d begins with that, and not with more', async (increment) => {
    const green = Math.min(increment, 10);
    const { json } = await policy(shift(10, increment));
    expect(json).toMatchObject({ status: 'progressing', weights: { blue: 100 - green, green } });
    const { rollout } = await status();
    expect(rollout).toMatchObject({
      steps: increment === 5 ? 2 : 1,
      waits_for: 'error-rate: 0 of the 50 requests it needs',
    });
  });

  test('with another target takes over the walk that is under way', async () => {
    await policy(shift(20, 10));
    const before = (await status())['rollout'] as { id: string };
    expect(await policy(shift(100, 20))).toMatchObject({ status: 200, json: { weights: { blue: 90, green: 10 } } });
    expect((await status())['rollout']).toMatchObject({ id: before.id, steps: 6, phase: { step: 0 } });
    expect(await policy(shift(5, 10))).toMatchObject({
      status: 200,
      json: { status: 'active', weights: { green: 5 } },
    });
    const { json } = await control(app, 'GET', '/alerts?type=rollback');
    expect(json['data']).toEqual([]);
  });

  test('and a schedule that ends at 50% both stop there, and leave blue live', async () => {
    const { events$ } = app.get(RolloutService);
    const over = () => firstValueFrom(events$.pipe(filter(({ type }) => /^Rollout(Succeeded|Aborted)$/.test(type))));
    const hold_conditions = { min_sample_size: { canary: 1, baseline: 1 }, min_units: 1 };
    const schedule = { steps: [{ set_weight: 50, duration: 50, hold_conditions }], gates: [], final_bake_time: 50 };
    for (const begin of [
      () => policy(shift(50, 50, 0.05)),
      () => control(app, 'POST', '/rollouts/chat/start', { schedule }),
    ]) {
      let isOver = false;
      const end = over().finally(() => (isOver = true));
      expect((await begin()).status).toBe(200);
      await trafficUntil(() => isOver);
      expect((await end).type).toBe('RolloutSucceeded');
      const now = { active: 'blue', canary_percentage: 50, weights: { blue: 50, green: 50 } };
      expect(await status()).toMatchObject({ ...now, rollout: { waits_for: 'complete at 50%' } });
      await control(app, 'POST', '/rollouts/chat/rollback');
      expect(await status()).toMatchObject({ active: 'blue', weights: BLUE });
    }
  });

  test('is refused when its increment would make too many steps', async () => {
    expect(await policy(shift(100, 0.01))).toMatchObject({ status: 422, json: { error: { code: 'invalid_weights' } } });
    expect(await policy(shift(100, 1e-7))).toMatchObject({ status: 422, json: { error: { code: 'invalid_input' } } });
    expect(await policy(shift(100, 0))).toMatchObject({ status: 422 });
    expect(await status()).toMatchObject({ weights: BLUE });
  });
});

describe.each(ADAPTERS)('a policy that names no route, on %s', (adapter) => {
  let stage: Stage;
  let app: INestApplication;

  beforeEach(async () => {
    stage = await Stage.open();
    const environments = blueAndGreen(stage.provider);
    const other = { blue: environments.blue, canary: { ...environments.green, weight: 0 } };
    app = await startGateway(stage, adapter, {
      options: {
        ...controlOptions,
        routes: { chat: { environments }, search: { environments }, code: { environments: other } },
        scheduler: false,
      },
    });
  });
  afterEach(() => stage.close());

  const policy = (body: object) => control(app, 'PATCH', '/routing/policy', body);
  const weights = async () => {
    const { json } = await control(app, 'GET', '/status');
    return (json['data'] as { weights: object }[]).map((route) => route.weights);
  };

  test('changes no route when it cannot change all of them', async () => {
    const before = await weights();
    const { status, json } = await policy(shift(10, 10));
    expect([status, json]).toMatchObject([404, { error: { code: 'unknown_version' } }]);
    expect(await weights()).toEqual(before);
  });

  test('is for all of them, and answers for each', async () => {
    const { status, json } = await policy({ routing: { strategy: 'shadow', shadow_percentage: 20 } });
    expect([status, json]).toMatchObject([
      200,
      { object: 'list', data: ['chat', 'search', 'code'].map((route_id) => ({ route_id, shadow_percentage: 20 })) },
    ]);
  });
});
