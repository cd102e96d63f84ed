import type { z } from 'zod';
import type { EnvironmentState } from '../domain/state.js';
import { closed, DEFAULT_ROLLOUT, overlay } from '../schedule/plan-schema.js';
import type { SendingPolicy } from '../router/sender.js';
import { problemsOf } from '../validation/problems.js';
import { OptionsError } from '../validation/validation-error.js';
import type { BlueGreenOptions } from './blue-green-options.js';
import type { BlueGreenConfig, RouteConfig } from './config.js';
import { budgetPolicy } from './budget-options.js';
import { conversationPinOptions } from './conversation-pin-options.js';
import { crossChecks } from './cross-checks.js';
import { defined } from '../kit/defined.js';
import { upstreamOf, versionOf } from './environment-config.js';
import { explained } from './misplaced.js';
import { longForm, shortForm } from './schema.js';
import { shadowPolicy } from './shadow-options.js';

type ShortForm = z.output<typeof shortForm>;
type LongForm = z.output<typeof longForm>;
type RouteInput = LongForm['routes'][string];

const MINUTE = 60_000;

const DEFAULTS = {
  timeouts: { connect: 5_000, firstToken: 10_000, idle: 15_000, total: 30_000, streamTotal: 10 * MINUTE },
  retry: { attempts: 3, baseDelay: 250, maxDelay: 8_000, budget: { ratio: 0.2, perSecond: 10 } },
  breaker: { threshold: 0.5, size: 20, minCalls: 10, halfOpenAfter: 10_000 },
  buffer: { chunks: 1, size: 65_536, delay: 500 },
  stickyHeaders: ['x-user-id', 'x-session-id', 'x-conversation-id'],
};

/**
 * Parses the options once, into an immutable configuration with every default filled in.
 *
 * @throws {OptionsError} listing every problem with its path, its value and its remedy.
 */
export function parseOptions(input: BlueGreenOptions): BlueGreenConfig {
  const isLong = typeof input === 'object' && input !== null && 'routes' in input;
  const result = isLong ? longForm.safeParse(input) : shortForm.safeParse(input);
  const problems = [...problemsOf(result.error, input).map(explained), ...crossChecks(input)];
  if (!result.success || problems.length > 0) throw new OptionsError(problems);
  return deepFreeze(configOf(result.data));
}

function configOf(options: ShortForm | LongForm): BlueGreenConfig {
  const routes: Readonly<Record<string, RouteInput>> =
    'routes' in options ? options.routes : { [options.alias]: options };
  const entries = Object.entries(routes);
  const upstreams = entries.flatMap(([alias, route]) => upstreamsOf(alias, route, options));
  const longestStream = Math.max(...upstreams.map(({ timeouts }) => timeouts.streamTotal));
  // With one route the app's budget is the route's.
  const budgetOf = (route: RouteInput) => ('routes' in options ? budgetPolicy(route.budget, longestStream) : undefined);
  return {
    routes: new Map(
      entries.map(([alias, route]) => [alias, { ...routeConfig(alias, route, options), budget: budgetOf(route) }]),
    ),
    upstreams,
    prices: options.prices,
    budget: budgetPolicy(options.budget, longestStream),
    keys: options.keys,
    keyLookup: options.keyLookup,
    journal: options.journal,
    evaluators: options.evaluators,
    alerts: options.alerts,
    requestLog: options.requestLog,
    mayForce: options.mayForce,
    telemetry: options.telemetry,
    scheduler: options.scheduler,
    healthCheck: options.healthCheck,
    health: options.health,
    shutdown: options.shutdown,
  };
}

function routeConfig(alias: string, route: RouteInput, shared: ShortForm | LongForm): Omit<RouteConfig, 'budget'> {
  const entries = Object.entries(route.environments);
  const environments = entries.map(([name, environment]): [string, EnvironmentState] => [
    name,
    {
      displayName: environment.name ?? name,
      version: versionOf(environment, upstreamId(alias, name)),
    },
  ]);
  const stickiness = { ...shared.stickiness, ...defined(route.stickiness) };
  const rollout = overlay(overlay(DEFAULT_ROLLOUT, shared.rollout), route.rollout);
  // What could not be started should not wait for the start to be told.
  closed(rollout.plan);
  return {
    definition: {
      alias,
      environments: Object.fromEntries(environments),
      weights: Object.fromEntries(entries.map(([name, { weight }]) => [name, weight])),
      active: route.active ?? heaviest(route),
      fallback: route.fallback ?? entries.map(([name]) => name).filter((name) => !isColour(name)),
    },
    stickiness: {
      strategy: stickiness.strategy,
      key: stickiness.key,
      headers: (stickiness.headers ?? DEFAULTS.stickyHeaders).map((name) => name.toLowerCase()),
      cookie: stickiness.cookie,
    },
    rollout,
    sending: sendingPolicy(route, shared),
    shadow: shadowPolicy(shared.shadow, route.shadow),
    conversationPins: conversationPinOptions(shared.conversationPins, route.conversationPins),
  };
}

function sendingPolicy(route: RouteInput, shared: ShortForm | LongForm): SendingPolicy {
  const { budget, ...retry } = { ...DEFAULTS.retry, ...defined(shared.retry), ...defined(route.retry) };
  return {
    retry,
    retryBudget: budget,
    breaker: route.breaker ?? shared.breaker ?? DEFAULTS.breaker,
    streamRecovery: route.streamRecovery ?? shared.streamRecovery ?? 'error',
    buffer: {
      chunks: route.bufferThreshold ?? shared.bufferThreshold ?? DEFAULTS.buffer.chunks,
      size: route.bufferMaxSize ?? shared.bufferMaxSize ?? DEFAULTS.buffer.size,
      delay: route.bufferMaxDelay ?? shared.bufferMaxDelay ?? DEFAULTS.buffer.delay,
    },
  };
}

function upstreamsOf(alias: string, route: RouteInput, shared: ShortForm | LongForm) {
  return Object.entries(route.environments).map(([name, environment]) => {
    const timeouts = {
      ...DEFAULTS.timeouts,
      ...defined(shared.timeouts),
      ...defined(route.timeouts),
      ...defined(environment.timeouts),
    };
    return upstreamOf(environment, upstreamId(alias, name), timeouts);
  });
}

function upstreamId(alias: string, environment: string): string {
  return `${alias}/${environment}`;
}

function heaviest({ environments }: RouteInput): string {
  return Object.entries(environments).reduce((best, next) => (next[1].weight > best[1].weight ? next : best))[0];
}

/** Blue and green take turns; every other environment stands by. */
function isColour(name: string): boolean {
  return name === 'blue' || name === 'green';
}

function deepFreeze<T>(value: T): T {
  // What a user has made, a client of Redis for one, is not ours to freeze.
  const isPlain =
    Array.isArray(value) || value instanceof Map || Object.getPrototypeOf(value ?? 0) === Object.prototype;
  if (typeof value === 'object' && value !== null && isPlain && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const child of value instanceof Map ? value.values() : Object.values(value)) deepFreeze(child);
  }
  return value;
}
