import { afterEach, describe, expect, test } from '@jest/globals';
import { PreflightError, type PauseReason, type RolloutInput } from 'nestjs-blue-green';
import { filter, firstValueFrom } from 'rxjs';
import { CanaryScheduler } from '../lib/rollout/canary-scheduler.js';
import { answer, fail } from './support/fake-provider.js';
import { REQUEST, Sending } from './support/sending.js';

const MINUTE = 60_000;
/** A Thursday, midnight UTC: where the clock of these tests begins. */
const OFFICE = [{ cron: '* 9-16 * * 1-5', tz: 'UTC' }];

let sending: Sending;
afterEach(() => sending.stop());

async function start(rollout: RolloutInput): Promise<Sending> {
  const steps = [
    { setWeight: 50, duration: 10 * MINUTE, holdConditions: { minSampleSize: { canary: 3, baseline: 3 } } },
    { setWeight: 100, duration: 10 * MINUTE, holdConditions: { minSampleSize: { canary: 3, baseline: 0 } } },
  ];
  sending = await Sending.start({
    options: { rollout: { steps, gates: [], finalBakeTime: '10m', ...rollout }, shadow: { maxEventLoopDelay: '1h' } },
  });
  return sending;
}

const status = () => sending.rollouts.status('chat').rollout!;
const tick = () => sending.app.get(CanaryScheduler, { strict: false }).tick();
const weight = () => sending.rollouts.status('chat').weights['green'];

function event(type: string): Promise<unknown> {
  return firstValueFrom(sending.rollouts.events$.pipe(filter((entry) => entry.type === type)));
}

/** Calls whose keys fall on both sides of any split. */
async function traffic(count = 20): Promise<void> {
  for (let n = 0; n < count; n++) await sending.router.complete('chat', REQUEST, { key: `user-${n}` });
}

async function after(minutes: number): Promise<void> {
  sending.clock.advance(minutes * MINUTE);
  await tick();
}

const steps = (holdConditions: object) => [
  {
    setWeight: 50,
    duration: '10m',
    holdConditions: { minSampleSize: { canary: 3, baseline: 3 }, ...holdConditions },
  },
  { setWeight: 100, duration: '10m', holdConditions: { minSampleSize: { canary: 3, baseline: 0 } } },
];

const expectPaused = (reason: PauseReason) => expect(status().phase).toMatchObject({ name: 'Paused', reason });

const shadowed = () => status().decision!.gates.find(({ gate }) => gate === 'shadow-failures')!.sample.canary;

async function pairs(least: number): Promise<void> {
  while (shadowed() < least) await new Promise(setImmediate);
}

describe('pre-flight', () => {
  test('costs nothing when the provider lists the model, and is kept with the rollout', async () => {
    await start({});
    await sending.rollouts.start('chat');
    expect(sending.calls).toEqual([0, 0, 0]);
    expect(status().preflight).toMatchObject({ status: 'healthy', canDeploy: true });
  });

  test('asks a provider that lists nothing for one token', async () => {
    await start({});
    sending.green.models = [];
    expect(await sending.rollouts.preflight('chat')).toMatchObject({ status: 'healthy', canDeploy: true });
    expect(sending.green.calls).toMatchObject([{ body: { model: 'green-model', max_completion_tokens: 1 } }]);
    expect(sending.observed).toEqual([]);
  });

  test('finds a model that is not listed and answers all the same degraded', async () => {
    await start({});
    sending.green.models = ['another'];
    expect(await sending.rollouts.preflight('chat')).toMatchObject({ status: 'degraded', canDeploy: true });
  });

  test.each([
    [401, 'invalid_api_key', 'key', ['pass', 'fail', 'skipped']],
    [404, 'model_not_found', 'model', ['pass', 'pass', 'fail']],
    [500, 'server_error', 'model', ['pass', 'pass', 'fail']],
  ])('refuses a green that answers %d', async (code, error, tier, checks) => {
    await start({});
    sending.green.models = [];
    sending.green.always(fail(code, error));
    const refused = await sending.rollouts.start('chat').catch((thrown: unknown) => thrown);
    expect(refused).toBeInstanceOf(PreflightError);
    const { message, report } = refused as PreflightError;
    expect(message).toContain(`"green" of route "chat" is not fit to be tried: ${tier}`);
    expect(report.checks.map((check) => check.status)).toEqual(checks);
    expect(sending.rollouts.status('chat').rollout).toBeUndefined();
  });

  test('refuses a green that cannot be reached, unless somebody says why it must be', async () => {
    await start({});
    await sending.green.stop();
    await expect(sending.rollouts.start('chat')).rejects.toThrow('connectivity, cannot be reached');
    await expect(sending.rollouts.start('chat', { force: true })).rejects.toThrow('needs a reason');
    await sending.rollouts.start('chat', { force: true, reason: 'it comes up at nine' });
    expect(status().preflight).toMatchObject({ status: 'unhealthy', forced: true });
  });

  test('looks at nobody where it is switched off', async () => {
    await start({ preflight: { enabled: false } });
    sending.green.always(fail(500));
    await sending.rollouts.start('chat');
    expect([status().preflight, sending.green.seen]).toEqual([undefined, []]);
  });
});

describe('a warm-up', () => {
  test('reaches green at 0 %, counts nowhere, and then the canary begins', async () => {
    await start({ warmUp: { requests: 4, prompts: ['one', 'two'] } });
    const entered = event('StepEntered');
    await sending.rollouts.start('chat');
    expect([status().phase.name, weight()]).toEqual(['Warming', 0]);
    await entered;
    expect([status().phase.name, weight()]).toEqual(['Progressing', 50]);
    const prompts = sending.green.calls.map(({ body }) => body['messages']);
    expect(prompts).toMatchObject(['one', 'two', 'one', 'two'].map((content) => [{ role: 'user', content }]));
    expect(status().warmUp).toMatchObject({ requests: 4, failed: 0 });
    expect(sending.observed).toEqual([]);
    expect(sending.rollouts.status('chat').environments['green']!.total.requestCount).toBe(0);
  });

  test('that fails ends the rollout before any user was touched, and says why', async () => {
    await start({ warmUp: {} });
    sending.green.next(answer(), fail(500));
    const ended = event('RolledBack');
    await sending.rollouts.start('chat');
    await ended;
    expect(status()).toMatchObject({
      phase: { name: 'RolledBack' },
      waitsFor: expect.stringContaining('server_error'),
    });
    expect(sending.green.calls).toHaveLength(2);
    expect(weight()).toBe(0);
  });

  test('that is too slow ends it, too', async () => {
    await start({ warmUp: { requests: 1, maxLatency: 500 } });
    sending.green.next((request, response) => {
      sending.clock.advance(900);
      return answer()(request, response);
    });
    const ended = event('RolledBack');
    await sending.rollouts.start('chat');
    await ended;
    expect(status().waitsFor).toBe('the warm-up took 900 ms in the median, 500 ms are allowed');
  });

  test('is given up when the rollout is taken back meanwhile', async () => {
    await start({ warmUp: { requests: 3 } });
    let reached: (() => void) | undefined;
    const asked = new Promise<void>((resolve) => (reached = resolve));
    let go: (() => void) | undefined;
    const held = new Promise<void>((resolve) => (go = resolve));
    sending.green.always(async (request, response) => {
      reached!();
      await held;
      await answer()(request, response);
    });
    await sending.rollouts.start('chat');
    await asked;
    await sending.rollouts.rollback('chat');
    go!();
    await tick();
    expect([status().phase.name, sending.green.calls.length]).toEqual(['RolledBack', 1]);
  });
});

describe('a shadow stage', () => {
  const shadow = { percentage: 100, concurrency: 50, duration: '10m', minPairs: 5 };

  test('mirrors at 0 %, and goes on to the canary with its pairs and its time', async () => {
    await start({ shadow });
    await sending.rollouts.start('chat');
    expect([status().phase.name, weight()]).toEqual(['Shadowing', 0]);
    await traffic(6);
    await pairs(5);
    await after(9);
    expect(status()).toMatchObject({ phase: { name: 'Shadowing' }, waitsFor: '60 s of this stage are left' });
    await after(1);
    expect([status().phase.name, weight()]).toEqual(['Progressing', 50]);
    expect(sending.observed.every(({ environment }) => environment === 'blue')).toBe(true);
  });

  test('ends the rollout when green fails where blue answers', async () => {
    await start({ shadow });
    await sending.rollouts.start('chat');
    sending.green.always(fail(500));
    await traffic(6);
    await pairs(5);
    await tick();
    expect(status()).toMatchObject({ phase: { name: 'RolledBack' } });
    expect(status().waitsFor).toContain('shadow-failures');
  });

  test('spends no more than it may', async () => {
    // A mirror is taken to cost at most what its longest answer would.
    await start({ shadow: { ...shadow, maxCostUsd: 0 } });
    await sending.rollouts.start('chat');
    await traffic(6);
    for (let turns = 0; turns < 50; turns++) await new Promise(setImmediate);
    expect(sending.green.calls).toEqual([]);
  });
});

describe('a step', () => {
  test('without traffic is held, and goes on when there is some; its time goes on where it stood', async () => {
    const [first, last] = steps({});
    await start({ steps: [{ ...first!, noTrafficGracePeriod: '15m' }, last!] });
    await sending.rollouts.start('chat');
    await after(5);
    expect(status().phase.name).toBe('Progressing');
    await after(15);
    expectPaused('NoTraffic');
    await after(600);
    expectPaused('NoTraffic');
    await traffic();
    await tick();
    expect([status().phase.name, weight()]).toEqual(['Progressing', 100]);
  });

  test('is not left by catching up after days without a tick: neither over an approval nor over a closed window', async () => {
    await start({ steps: steps({ requiresApproval: true, windows: OFFICE }) });
    await sending.rollouts.start('chat');
    await traffic();
    await after(3 * 24 * 60);
    expectPaused('OutsideWindow');
    expect(status().waitsFor).toContain('it opens at 2026-01-05T09:00:00.000Z');
    expect(status().until).toBe(Date.UTC(2026, 0, 5, 9));
    await after(33 * 60);
    for (let ticks = 0; ticks < 3; ticks++) await tick();
    expectPaused('AwaitingApproval');
    await sending.rollouts.approve('chat', { actor: 'ada' });
    await after(24 * 60);
    expect([status().phase.name, weight()]).toEqual(['Progressing', 100]);
    for (let ticks = 0; ticks < 3; ticks++) await tick();
    expect(status().phase).toMatchObject({ name: 'Progressing', step: 1 });
  });

  test('that leads nowhere is paused, and resumed by hand it has its time again', async () => {
    const [only, last] = steps({});
    await start({ steps: [{ ...only!, maxDuration: '20m' }, last!] });
    await sending.rollouts.start('chat');
    await traffic(2);
    await after(20);
    expectPaused('Inconclusive');
    await after(60);
    expectPaused('Inconclusive');
    await sending.rollouts.resume('chat');
    expect(status().phase).toMatchObject({ name: 'Progressing', since: sending.clock.now() });
  });
});

test.each(['promotion', 'bake'])(
  'an abort during %s gives everything back, and asked again does nothing',
  async (when) => {
    await start({});
    await sending.rollouts.start('chat');
    if (when === 'bake') {
      for (let stage = 0; stage < 2; stage++) {
        await traffic();
        await after(10);
      }
      expect(status().phase.name).toBe('Baking');
      await sending.rollouts.rollback('chat');
    } else {
      await Promise.all([sending.rollouts.promote('chat'), sending.rollouts.rollback('chat')]);
    }
    expect([status().phase.name, weight()]).toEqual(['RolledBack', 0]);
    const { revision } = sending.rollouts;
    await sending.rollouts.rollback('chat');
    expect(sending.rollouts.revision).toBe(revision);
  },
);
