import { describe, expect, test } from '@jest/globals';
import { environment, pair } from '../../test/support/options.js';
import { parseOptions } from './parse-options.js';

const MINUTE = 60_000;
const chat = (options: Parameters<typeof parseOptions>[0]) => parseOptions(options).routes.get('chat')!;

describe('The least that can be written', () => {
  const config = parseOptions({ environments: { blue: environment(100) } });
  const route = config.routes.get('default')!;

  test('is one route called default, with the only environment live', () => {
    expect([...config.routes.keys()]).toEqual(['default']);
    expect(route.definition).toEqual({
      alias: 'default',
      environments: {
        blue: { displayName: 'blue', version: { tag: 'gpt-4o', model: 'gpt-4o', upstream: 'default/blue' } },
      },
      weights: { blue: 100 },
      active: 'blue',
      fallback: [],
    });
  });

  test('has the documented defaults', () => {
    expect(config).toMatchObject({
      prices: {},
      keys: [],
      mayForce: undefined,
      telemetry: { window: 5 * MINUTE },
      shutdown: { drain: 5_000, grace: 25_000 },
      scheduler: { enabled: true, monitorInterval: 30_000 },
      health: { interval: 30_000, timeout: 3_000 },
    });
    expect(route.sending).toEqual({
      retry: { attempts: 3, baseDelay: 250, maxDelay: 8_000 },
      retryBudget: { ratio: 0.2, perSecond: 10 },
      breaker: { threshold: 0.5, size: 100, minCalls: 20, halfOpenAfter: 10_000 },
      buffer: { chunks: 1, size: 65_536, delay: 500 },
      streamRecovery: 'error',
      answerModel: 'alias',
      passRateLimits: false,
    });
    expect(route.stickiness).toEqual({
      key: undefined,
      headers: [],
      sessionHeaders: [
        'x-user-id',
        'x-session-id',
        'x-conversation-id',
        'session-id',
        'thread-id',
        'x-claude-code-session-id',
        'x-episode-id',
      ],
      bodyKeys: ['metadata.user_id', 'safety_identifier', 'user'],
      cookie: undefined,
    });
    expect(config.upstreams).toMatchObject([
      {
        id: 'default/blue',
        headers: {},
        timeouts: {
          connect: 5_000,
          firstToken: 30_000,
          idle: 5 * MINUTE,
          total: 10 * MINUTE,
          streamTotal: 30 * MINUTE,
        },
      },
    ]);
    expect(route.rollout.plan).toMatchObject({ fastTrip: { consecutiveFailures: 5 }, finalBakeTime: 10 * MINUTE });
    expect(route.rollout.plan.steps.map(({ setWeight, duration }) => [setWeight, duration])).toEqual(
      [5, 25, 50, 100].map((weight) => [weight, 10 * MINUTE]),
    );
  });

  test('gives a sticky cookie that is safe unless told otherwise', () => {
    const cookie = { secret: 'x'.repeat(16) };
    expect(chat({ alias: 'chat', environments: pair, stickiness: { cookie } }).stickiness.cookie).toEqual({
      name: 'bg_sticky',
      secret: cookie.secret,
      ttl: 30 * 24 * 60 * MINUTE,
      secure: true,
      sameSite: 'lax',
    });
  });
});

describe('A route', () => {
  test('is live on the heaviest environment unless another one is named', () => {
    const environments = { blue: environment(40), green: environment(60) };
    expect(chat({ alias: 'chat', environments }).definition.active).toBe('green');
    expect(chat({ alias: 'chat', environments, active: 'blue' }).definition.active).toBe('blue');
  });

  test('falls back to everything but blue and green unless told otherwise', () => {
    const environments = { ...pair, near: environment(), far: environment() };
    expect(chat({ alias: 'chat', environments }).definition.fallback).toEqual(['near', 'far']);
    expect(chat({ alias: 'chat', environments, fallback: [] }).definition.fallback).toEqual([]);
    expect(chat({ alias: 'chat', environments, fallback: ['far'] }).definition.fallback).toEqual(['far']);
  });

  test('written in the short form is the same as one route in the long form', () => {
    const shared = {
      prices: { 'gpt-4o': { input: 2.5, output: 10 } },
      keys: [{ name: 'web', key: 'k'.repeat(16), environments: ['green'] }],
      scheduler: false,
    };
    const route = {
      environments: pair,
      active: 'blue',
      fallback: ['green'],
      stickiness: { headers: ['X-Tenant'] },
      rollout: { to: 'green', finalBakeTime: '1m' },
      timeouts: { total: '1s' },
      retry: { attempts: 1 },
      bufferThreshold: 4,
    };
    expect(parseOptions({ alias: 'chat', ...route, ...shared })).toEqual(
      parseOptions({ routes: { chat: route }, ...shared }),
    );
  });
});

describe('A setting of a route', () => {
  const SHARED = {
    stickiness: { key: () => 'shared', headers: ['X-Shared'] },
    rollout: { to: 'green', finalBakeTime: '1m', fastTrip: { consecutiveFailures: 9 } },
    timeouts: { connect: '1s', total: '2s' },
    retry: { attempts: 2, maxDelay: '2s' },
    bufferThreshold: 2,
    shadow: { percentage: 7 },
    conversationPins: { ttl: '2h' },
  };

  test('wins over the shared one, part by part', () => {
    const own = {
      stickiness: { headers: ['X-Own'] },
      rollout: { finalBakeTime: '3m' },
      timeouts: { total: '4s' },
      retry: { attempts: 5 },
      bufferThreshold: 8,
    };
    const config = parseOptions({ ...SHARED, routes: { chat: { environments: pair, ...own } } });
    expect(config.routes.get('chat')).toMatchObject({
      stickiness: { key: SHARED.stickiness.key, headers: ['x-own'] },
      rollout: { to: 'green', plan: { finalBakeTime: 3 * MINUTE, fastTrip: { consecutiveFailures: 9 } } },
      sending: { retry: { attempts: 5, baseDelay: 250, maxDelay: 2_000 }, buffer: { chunks: 8 } },
    });
    expect(config.upstreams[0]?.timeouts).toMatchObject({ connect: 1_000, total: 4_000, idle: 5 * MINUTE });
  });

  test('that is undefined hides nothing', () => {
    const undefinedParts = {
      stickiness: { key: undefined, headers: undefined, cookie: undefined },
      rollout: { to: undefined, finalBakeTime: undefined, fastTrip: undefined },
      timeouts: { connect: undefined },
      retry: { attempts: undefined },
      bufferThreshold: undefined,
      shadow: { percentage: undefined },
      conversationPins: { ttl: undefined },
    };
    const routes = { chat: { environments: pair, ...undefinedParts }, plain: { environments: pair } };
    const config = parseOptions({ ...SHARED, routes });
    const { definition: _chat, ...withUndefined } = config.routes.get('chat')!;
    const { definition: _plain, ...without } = config.routes.get('plain')!;
    expect(withUndefined).toEqual(without);
    expect(config.upstreams[0]?.timeouts).toEqual(config.upstreams[2]?.timeouts);
  });

  test('of an environment wins over its route', () => {
    const environments = { blue: environment(100, { timeouts: { total: '9s' } }), green: environment() };
    const { upstreams } = parseOptions({ environments, timeouts: { total: '4s', idle: '1s' } });
    expect(upstreams.map(({ timeouts }) => timeouts.total)).toEqual([9_000, 4_000]);
    expect(upstreams[0]?.timeouts.idle).toBe(1_000);
  });

  test('touches no other route', () => {
    const routes = { chat: { environments: pair, bufferThreshold: 8 }, other: { environments: pair } };
    expect(parseOptions({ routes }).routes.get('other')?.sending.buffer.chunks).toBe(1);
  });
});

const routeWith = (options: object) => parseOptions({ environments: pair, ...options }).routes.get('default')!;

describe('A switch', () => {
  test.each(['breaker', 'conversationPins', 'requestLog', 'scheduler', 'splitCheck'])(
    '%s has the same settings for true as for an object without any',
    (name) => {
      const [on, given] = [true, {}].map((value) => parseOptions({ environments: pair, [name]: value }));
      expect(on).toEqual(given);
      expect(parseOptions({ environments: pair, [name]: false })).not.toEqual(on);
    },
  );

  test.each(['preflight', 'warmUp', 'shadow'])('rollout.%s too', (name) => {
    const [on, given, off] = [true, {}, false].map((value) => routeWith({ rollout: { [name]: value } }).rollout);
    expect(on).toEqual(given);
    expect(off).not.toEqual(on);
  });

  test('that is off for this process keeps the interval that others go by', () => {
    const { scheduler } = parseOptions({ environments: pair, scheduler: false });
    expect(scheduler).toEqual({ enabled: false, monitorInterval: 30_000 });
  });
});

/** Paths of everything that could still be changed. */
function mutableParts(value: unknown, path = 'config'): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const children: [string, unknown][] = value instanceof Map ? [...value] : Object.entries(value);
  const below = children.flatMap(([key, child]) => mutableParts(child, `${path}.${key}`));
  return Object.isFrozen(value) ? below : [path, ...below];
}

describe('The parsed options', () => {
  const options = {
    environments: { blue: environment(100, { headers: { 'x-a': '1' } }), green: environment(0, { apiKey: false }) },
    keys: [{ name: 'web', key: 'k'.repeat(16), environments: ['green'] }],
    prices: { 'gpt-4o': { input: 1, output: 2 } },
    stickiness: { headers: ['x-tenant'], cookie: { secret: 's'.repeat(16) } },
    rollout: { steps: [{ setWeight: 10, duration: '1m' }], gates: [] },
  };

  test('are frozen in every depth, defaults included', () => {
    expect(mutableParts(parseOptions(options))).toEqual([]);
    expect(mutableParts(parseOptions({ environments: pair }))).toEqual([]);
  });

  test('leave what the user wrote as it was, and do not follow its later changes', () => {
    const written = structuredClone(options);
    const config = parseOptions(written);
    expect(written).toEqual(options);
    expect(Object.isFrozen(written.environments)).toBe(false);
    written.keys[0]!.environments.push('blue');
    written.rollout.steps[0]!.setWeight = 99;
    expect(config.keys[0]?.environments).toEqual(['green']);
    expect(config.routes.get('default')?.rollout.plan.steps[0]?.setWeight).toBe(10);
  });

  test('keep addresses and keys out of what goes into the journal', () => {
    const { definition } = parseOptions(options).routes.get('default')!;
    expect(JSON.stringify(definition)).not.toMatch(/provider-key|example\.com/);
  });

  test('have base URLs without a slash at the end', () => {
    const blue = environment(100, { baseUrl: 'http://localhost:8080/v1//' });
    expect(parseOptions({ environments: { blue } }).upstreams[0]?.baseUrl).toBe('http://localhost:8080/v1');
  });
});

const shutdownOf = (shutdown: object) => parseOptions({ environments: { blue: environment(100) }, shutdown }).shutdown;

describe('The time that a shutdown takes', () => {
  test('is all of it drained when it is shorter than the usual drain', () => {
    expect(shutdownOf({ grace: '2s' })).toEqual({ drain: 2_000, grace: 2_000 });
  });

  test('is refused when less than what it is drained for', () => {
    expect(() => shutdownOf({ drain: '30s' })).toThrow(
      'shutdown.drain is longer than grace, which includes it (found: "30s")',
    );
  });
});
