import { createHash } from 'node:crypto';
import {
  ConfigurableModuleBuilder,
  Controller,
  UseInterceptors,
  VERSION_NEUTRAL,
  type DynamicModule,
  type Type,
} from '@nestjs/common';
import { BlueGreenHealthController } from './health/health.controller.js';
import { CONTROL_CONTROLLERS } from './http/control/controllers.js';
import { DASHBOARD_CONTROLLERS, DASHBOARD_DATA } from './dashboard/controllers.js';
import type { PrometheusMount } from './metrics/prometheus-mount.js';
import { PrometheusController, PublicPrometheusController } from './metrics/prometheus.controller.js';
import { GatewayController } from './http/gateway.controller.js';
import { GATEWAY_CONTROLLERS } from './http/gateway.controllers.js';
import { OwnAnswers } from './http/own-answers.js';
import type { MountedController } from './http/openapi/endpoints.js';
import { BySession } from './http/keys/scope.guard.js';
import { show } from './validation/shown.js';
import { OptionsError } from './validation/validation-error.js';
import type { Scope } from './domain/access-key.js';
import type { BlueGreenOptions } from './options/blue-green-options.js';
import { ALL_MOUNTED, KEYS_NEEDED, MOUNTED, PROMETHEUS, SESSION_SECRET } from './tokens.js';

/** Where to mount one of our controllers: `true` at its usual place, or below `path`. */
type Mount = boolean | { readonly path: string };

/** Where to mount the dashboard, and the secret that seals its sessions. */
interface DashboardMount {
  /** Default `blue-green`. */
  readonly path?: string | undefined;
  /** At least 32 characters, the same on every replica. Default: a random one, so that a restart ends all sessions. */
  readonly secret?: string | undefined;
}

/** Settings that shape the module itself. They stand beside the options, with `forRootAsync` too. */
export interface BlueGreenExtras {
  /** Make the providers available everywhere. Default `false`. */
  isGlobal?: boolean;
  /**
   * `POST v1/chat/completions`, `v1/responses`, `v1/embeddings`, `v1/messages` and `GET v1/models`. Needs `keys`.
   * Default `false`; `true` mounts at `/`.
   */
  gateway?: Mount;
  /**
   * Versions, routes, rollouts, metrics and audit over HTTP. Needs `keys`. Default `false`; `true` mounts at `/v1`,
   * beside the gateway.
   */
  controlApi?: Mount;
  /**
   * A page to watch and steer rollouts, for people with a key. Needs `keys`. Default `false`; `true` mounts at
   * `/blue-green`.
   */
  dashboard?: boolean | DashboardMount;
  /**
   * Metrics for Prometheus; needs `prom-client`, and `keys` unless `public`. Default `false`; `true` serves `GET
   * /metrics/prometheus`.
   */
  prometheus?: boolean | PrometheusMount;
  /** `GET /health`, `/health/ready`, `/health/live`. Default `false`; `true` mounts at `/health`. */
  healthController?: Mount;
  /**
   * Decorators for all our controllers, to mark them for guards of the app: `[Public(), SkipThrottle()]`. Our endpoints
   * have keys, scopes and rate limits of their own. Default: none.
   */
  decorators?: readonly ClassDecorator[];
}

const EXTRAS: BlueGreenExtras = {
  isGlobal: false,
  gateway: false,
  controlApi: false,
  dashboard: false,
  prometheus: false,
  healthController: false,
  decorators: [],
};

export const {
  ConfigurableModuleClass,
  MODULE_OPTIONS_TOKEN: BLUE_GREEN_OPTIONS,
  OPTIONS_TYPE,
} = new ConfigurableModuleBuilder<BlueGreenOptions>({ moduleName: 'BlueGreen' })
  .setClassMethodName('forRoot')
  .setFactoryMethodName('createBlueGreenOptions')
  .setExtras(EXTRAS, shape)
  .build();

function shape(definition: DynamicModule, extras: BlueGreenExtras): DynamicModule {
  const { isGlobal, gateway, controlApi, dashboard, prometheus, healthController, decorators = [] } = extras;
  const page = dashboardPath(dashboard);
  const metrics = metricsMount(prometheus);
  // Before the gateway, whose `v1/models/:alias` would take `v1/models/versions` for an alias.
  const behindKeys = [
    ...placed(CONTROL_CONTROLLERS, at('controlApi', controlApi, 'v1')),
    ...placed(GATEWAY_CONTROLLERS, withoutVersion(at('gateway', gateway, '/'))),
    ...placed([PrometheusController], metrics.isPublic ? undefined : metrics.path),
  ];
  const bySessions = placed(DASHBOARD_DATA, page === undefined ? undefined : `${page}/api`);
  const open = [
    ...placed(DASHBOARD_CONTROLLERS, page),
    ...placed([PublicPrometheusController], metrics.isPublic ? metrics.path : undefined),
    ...placed([BlueGreenHealthController], at('healthController', healthController, 'health')),
  ];
  return {
    ...definition,
    global: isGlobal ?? false,
    controllers: [
      ...callsFirst([...behindKeys, ...open]).map(mounted),
      ...bySessions.map(mounted).map((controller) => decorated(controller, [BySession(true)])),
    ].map((controller) => decorated(controller, decorators)),
    providers: [
      ...(definition.providers ?? []),
      { provide: MOUNTED, useValue: behindKeys },
      { provide: ALL_MOUNTED, useValue: [...behindKeys, ...bySessions, ...open] },
      { provide: KEYS_NEEDED, useValue: needingKeys(extras) },
      { provide: PROMETHEUS, useValue: prometheus === true ? {} : prometheus || undefined },
      { provide: SESSION_SECRET, useValue: sessionSecret(dashboard) },
    ],
  };
}

/** Something switched on that nobody could use without a key, and the scopes of a key for everything that is on. */
export interface KeysNeeded {
  readonly by: string;
  readonly scopes: readonly Scope[];
}

function needingKeys({ gateway, controlApi, dashboard, prometheus }: BlueGreenExtras): KeysNeeded | undefined {
  const { path, isPublic } = metricsMount(prometheus);
  const on: [by: string, isOn: unknown, scopes: readonly Scope[]][] = [
    ['gateway', gateway, ['inference']],
    ['control API', controlApi, ['read', 'operate']],
    ['dashboard', dashboard, ['read', 'operate']],
    ['Prometheus endpoint', path !== undefined && !isPublic, ['read']],
  ];
  const needing = on.filter(([, isOn]) => Boolean(isOn));
  const [first] = needing;
  return first && { by: first[0], scopes: [...new Set(needing.flatMap(([, , scopes]) => scopes))] };
}

function metricsMount(prometheus: BlueGreenExtras['prometheus']): { path: string | undefined; isPublic: boolean } {
  const usual = 'metrics/prometheus';
  if (typeof prometheus !== 'object') return { path: at('prometheus', prometheus, usual), isPublic: false };
  const { path = usual, public: isPublic = false } = prometheus;
  return { path: path === false ? undefined : at('prometheus', { path }, usual), isPublic };
}

function dashboardPath(dashboard: BlueGreenExtras['dashboard']): string | undefined {
  const isMount = typeof dashboard === 'object' && dashboard !== null && dashboard.path === undefined;
  return at('dashboard', isMount ? true : (dashboard as Mount | undefined), 'blue-green');
}

/** @throws {OptionsError} when it could be guessed. */
function sessionSecret(dashboard: BlueGreenExtras['dashboard']): Buffer | undefined {
  const secret = typeof dashboard === 'object' ? dashboard?.secret : undefined;
  if (secret === undefined) return undefined;
  if (typeof secret === 'string' && secret.length >= 32) return createHash('sha256').update(secret).digest();
  const remedy = 'Use at least 32 random characters, the same on every replica.';
  throw new OptionsError([
    {
      path: 'dashboard.secret',
      value: show(['secret'], secret),
      message: 'is not a secret of at least 32 characters',
      remedy,
    },
  ]);
}

function decorated(controller: Type, decorators: readonly ClassDecorator[]): Type {
  for (const decorate of decorators) decorate(controller);
  return controller;
}

/**
 * Where to mount, if at all.
 *
 * @throws {OptionsError} for anything else: an undefined path would mount it at the root.
 */
function at(option: string, mount: Mount | undefined, usual: string): string | undefined {
  if (mount === undefined || mount === false) return undefined;
  if (mount === true) return usual;
  if (typeof mount === 'object' && typeof mount?.path === 'string') return mount.path;
  const remedy = `Use true, false or { path: 'ai' }.`;
  throw new OptionsError([{ path: option, value: show([option], mount), message: 'is not a place to mount', remedy }]);
}

/** @throws {OptionsError} for a path that would serve `/v1/v1/chat/completions`. */
function withoutVersion(path: string | undefined): string | undefined {
  if (path === undefined || !/(?:^|\/)v1\/*$/.test(path)) return path;
  const message = 'ends in v1, which all endpoints begin with: they would be at /v1/v1/…';
  const remedy = `Leave the v1 out: { path: '${path.slice(0, path.lastIndexOf('v1')) || '/'}' }.`;
  throw new OptionsError([{ path: 'gateway.path', value: show(['gateway', 'path'], path), message, remedy }]);
}

function placed(controllers: readonly Type[], path: string | undefined): MountedController[] {
  return path === undefined ? [] : controllers.map((controller) => ({ controller, path }));
}

/** Most of the traffic is calls, and Express tries one path after the other. */
function callsFirst(all: readonly MountedController[]): MountedController[] {
  return all.toSorted((one, other) => Number(isCalls(other)) - Number(isCalls(one)));
}

function isCalls({ controller }: MountedController): boolean {
  return controller === GatewayController;
}

/** The controller at the chosen path: a subclass, since Nest keeps the path on the class. */
function mounted({ controller, path }: MountedController): Type {
  const Mounted = { [controller.name]: class extends controller {} }[controller.name]!;
  // Versioning of the app's own handlers does not move ours.
  Controller({ path, version: VERSION_NEUTRAL })(Mounted);
  // The gateway writes its answers itself: an interceptor would only slow it down.
  if (!GATEWAY_CONTROLLERS.includes(controller)) UseInterceptors(OwnAnswers)(Mounted);
  return Mounted;
}
