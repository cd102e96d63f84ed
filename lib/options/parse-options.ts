import type { z } from 'zod';
import type { EnvironmentState } from '../domain/state.js';
import type { SendingPolicy } from '../router/sender.js';
import { closed, DEFAULT_ROLLOUT, overlay } from '../schedule/plan-schema.js';
import { problemsOf } from '../validation/problems.js';
import { pathOf } from '../validation/shown.js';
import { OptionsError } from '../validation/validation-error.js';
import { longForm, shortForm, type BlueGreenOptions } from './blue-green-options.js';
import { answers } from './answer-options.js';
import { breaker } from './breaker-options.js';
import { budgetPolicy } from './budget-options.js';
import type { BlueGreenConfig, RouteConfig } from './config.js';
import { conversationPinOptions } from './conversation-pin-options.js';
import { crossChecks } from './cross-checks.js';
import { upstreamOf, versionOf } from './environment-options.js';
import { isEmbeddingModel, isLanguageModel } from './language-model.js';
import { merged } from './layers.js';
import { explained } from './misplaced.js';
import { limits } from './limit-options.js';
import { network } from './network-options.js';

import { rawOptions } from './raw-options.js';
import { notesOn } from './notes.js';
import { retry } from './retry-options.js';
import { shadowPolicy } from './shadow-options.js';
import { stickiness } from './stickiness-options.js';
import { streams } from './stream-options.js';
import { timeouts } from './timeout-options.js';

type ShortForm = z.output<typeof shortForm>;
type LongForm = z.output<typeof longForm>;
type RouteInput = LongForm['routes'][string];

/**
 * Parses the options once, into an immutable configuration with every default filled in.
 *
 * @throws {OptionsError} listing every problem with its path, its value and its remedy.
 */
export function parseOptions(input: BlueGreenOptions): BlueGreenConfig {
  const isLong = typeof input === 'object' && input !== null && 'routes' in input;
  const result = isLong ? longForm.safeParse(input) : shortForm.safeParse(input);
  const found = problemsOf(result.error, input, isLong ? longForm : shortForm);
  const problems = [...found.map(explained), ...crossChecks(input)];
  if (!result.success || problems.length > 0) throw new OptionsError(problems);
  return deepFreeze({ ...configOf(result.data), notes: notesOn(rawOptions(input)) });
}

function configOf(options: ShortForm | LongForm): Omit<BlueGreenConfig, 'notes'> {
  const routes: Readonly<Record<string, RouteInput>> =
    'routes' in options ? options.routes : { [options.alias]: options };
  const entries = Object.entries(routes);
  const upstreams = entries.flatMap(([alias, route]) => upstreamsOf(alias, route, options));
  const longestStream = Math.max(...upstreams.map((upstream) => upstream.timeouts.streamTotal));
  // With a single route, the budget at the top level is the app's.
  const budgetOf = (route: RouteInput) => ('routes' in options ? budgetPolicy(route.budget, longestStream) : undefined);
  const { prices, keys, keyLookup, journal, evaluators, alerts, requestLog } = options;
  const { mayForce, telemetry, scheduler, splitCheck, health, shutdown, deployment, conversationState } = options;
  return {
    routes: new Map(
      entries.map(([alias, route]) => [alias, { ...routeConfig(alias, route, options), budget: budgetOf(route) }]),
    ),
    upstreams,
    budget: budgetPolicy(options.budget, longestStream),
    prices,
    keys,
    keyLookup,
    journal,
    evaluators,
    alerts,
    requestLog,
    mayForce,
    telemetry,
    scheduler,
    splitCheck,
    health,
    shutdown,
    deployment,
    conversationState,
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
  const rollout = overlay(overlay(DEFAULT_ROLLOUT, shared.rollout), route.rollout);
  // Throws now for a plan that could not be started later.
  closed(rollout.plan);
  return {
    definition: {
      alias,
      environments: Object.fromEntries(environments),
      weights: Object.fromEntries(entries.map(([name, { weight }]) => [name, weight])),
      active: route.active ?? heaviest(route),
      fallback: route.fallback ?? entries.map(([name]) => name).filter((name) => !isColour(name)),
    },
    stickiness: merged(stickiness, shared.stickiness, route.stickiness),
    rollout,
    sending: sendingPolicy(route, shared),
    shadow: shadowPolicy(shared.shadow, route.shadow),
    conversationPins: conversationPinOptions(shared.conversationPins, route.conversationPins),
  };
}

function sendingPolicy(route: RouteInput, shared: ShortForm | LongForm): SendingPolicy {
  const { budget: retryBudget, ...retrying } = merged(retry, shared.retry, route.retry);
  const buffers = [shared.shadow?.streaming, shared, route.shadow?.streaming, route];
  const { streamRecovery, bufferThreshold, bufferMaxSize, bufferMaxDelay } = merged(streams, ...buffers);
  const { answerModel, passRateLimits } = merged(answers, shared, route);
  return {
    retry: retrying,
    retryBudget,
    breaker: route.breaker ?? shared.breaker ?? breaker.parse(true),
    streamRecovery,
    answerModel,
    passRateLimits,
    buffer: { chunks: bufferThreshold, size: bufferMaxSize, delay: bufferMaxDelay },
  };
}

function upstreamsOf(alias: string, route: RouteInput, shared: ShortForm | LongForm) {
  return Object.entries(route.environments).map(([name, environment]) => {
    const path = pathOf([...('routes' in shared ? ['routes', alias] : []), 'environments', name, 'provider']);
    return upstreamOf(environment, upstreamId(alias, name), path, {
      timeouts: merged(timeouts, shared.timeouts, route.timeouts, environment.timeouts),
      network: merged(network, shared.network, route.network, environment.network),
      limits: merged(limits, shared.limits, route.limits),
    });
  });
}

function upstreamId(alias: string, environment: string): string {
  return `${alias}/${environment}`;
}

function heaviest({ environments }: RouteInput): string {
  return Object.entries(environments).reduce((best, next) => (next[1].weight > best[1].weight ? next : best))[0];
}

/** Blue and green take turns; all others stand by. */
function isColour(name: string): boolean {
  return name === 'blue' || name === 'green';
}

function isObjectOfSdk(value: unknown): boolean {
  return isLanguageModel(value) || isEmbeddingModel(value);
}

function deepFreeze<T>(value: T): T {
  // Objects of the user's own classes, such as a Redis client, are not ours to freeze.
  const isPlain =
    Array.isArray(value) || value instanceof Map || Object.getPrototypeOf(value ?? 0) === Object.prototype;
  if (typeof value === 'object' && value !== null && isPlain && !isObjectOfSdk(value) && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const child of value instanceof Map ? value.values() : Object.values(value)) deepFreeze(child);
  }
  return value;
}
