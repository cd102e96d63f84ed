import { Logger } from '@nestjs/common';
import { BlueGreenError } from '../domain/errors.js';
import { hookResult, isThenable } from '../domain/hook.js';
import type { RoutingStrategy } from '../domain/route-settings.js';
import type { JsonObject } from '../kit/json.js';
import type { Assignment } from './assignment.js';
import { accessKeyOf } from './hash.js';
import { KeyShares } from './key-shares.js';
import type { LiveRouteTable } from './live-route-table.js';
import { contextOf, episodeFrom } from './request-context.js';
import { EnvironmentForbiddenError, routePolicyOf, RoutePolicyError } from './route-policy.js';
import type { CompiledRoute } from './route-table.js';
import type { HttpRequest, RoutingOptions } from './routing.options.js';
import { shadowTarget } from './shadow-target.js';
import { cookieUnder } from './sticky-cookie.js';
import { stickyKeyOf, type StickyKey } from './sticky-key.js';
import type { TrafficSplitter } from './traffic-splitter.js';

/** The handler names no route, and there are several. `code`: `route_not_named`. */
export class RouteNotNamedError extends BlueGreenError {
  constructor(known: readonly string[]) {
    super(
      'route_not_named',
      `The handler does not name its route. Known: ${known.slice(0, MOST_NAMES).join(', ')}${known.length > MOST_NAMES ? ', …' : ''}.`,
      "Put @Route('alias') on the handler or on its controller.",
      500,
    );
  }
}

/** Routes that an error names. */
const MOST_NAMES = 20;

/** `setCookie` is the header that makes a new visitor sticky. */
interface Assigned {
  readonly assignment: Assignment;
  readonly setCookie?: string | undefined;
}

/** The facts of a request before a function of the app is asked. */
interface Asked {
  readonly request: HttpRequest;
  readonly body: JsonObject | undefined;
  readonly caller: string | undefined;
  readonly route: CompiledRoute;
  readonly strategy: RoutingStrategy | undefined;
  /** The weights alone decide. */
  readonly isDrawn: boolean;
  readonly forced: string | undefined;
  readonly mirrorTo: string | undefined;
  readonly conversationHeader: string | undefined;
}

/** Assigns incoming HTTP requests: headers, permission, sticky key, split. */
export class RequestAssigner {
  readonly #logger = new Logger(RequestAssigner.name);
  readonly #shares = new KeyShares((route, requests, source) => {
    this.#logger.warn(
      `Route "${route}": more than half of ${requests} requests have the same sticky key, in ${source}. They all go to one ` +
        'environment, whatever the weights say. Name another key in "stickiness", or leave this one out.',
    );
  });

  constructor(
    private readonly splitter: TrafficSplitter,
    private readonly table: LiveRouteTable,
    private readonly options: RoutingOptions,
  ) {}

  /**
   * Assigns the request once per route; later calls return the same assignment. The route goes by its alias or, where
   * one route alone has it, by a model's own name.
   *
   * @param body of a request to the gateway, where it may name the user.
   * @param caller name of the access key that was used. It may invent users, so it matters how many come from one.
   * @returns a promise only where a function of the app has to be awaited.
   * @throws {EnvironmentForbiddenError} {@link RoutePolicyError} {@link RouteNotNamedError} {@link UnknownRouteError}
   */
  assign(
    request: HttpRequest,
    name: string | undefined = this.options.defaultRoute,
    body?: JsonObject,
    caller?: string,
  ): Assigned | Promise<Assigned> {
    const table = this.table.current;
    if (name === undefined) throw new RouteNotNamedError(table.aliases);
    const route = table.get(name);
    const { alias } = route;
    const context = contextOf(request);
    const known = context.assignments.get(alias);
    if (known) {
      context.assignment = known;
      return { assignment: known };
    }

    const strategy = route.settings.strategy ?? this.options.stickiness(alias).strategy;
    const environments = route.slots.map(({ environment }) => environment);
    const policy = routePolicyOf(request, environments, strategy);
    const { shadowTo, conversationHeader } = this.options.extras?.(alias) ?? {};
    const forced = policy.name === 'forced' ? policy.environment : undefined;
    const mirrorTo = policy.name === 'shadow' ? mirrorTarget(route, shadowTo) : undefined;
    const named = forced ?? mirrorTo;
    const isDrawn = policy.name === 'weighted' || (policy.name !== 'sticky' && strategy === 'weighted');
    const asked = { request, body, caller, route, strategy, isDrawn, forced, mirrorTo, conversationHeader };
    return named === undefined
      ? this.#keyed(asked)
      : this.#permitted(request, named, alias).then(() => this.#keyed(asked));
  }

  /** @throws {EnvironmentForbiddenError} */
  async #permitted(request: HttpRequest, named: string, alias: string): Promise<void> {
    const may: unknown = await hookResult('mayForce', this.options.mayForce(request, named, alias));
    // Untyped code may say 'no'.
    if (may !== true) throw new EnvironmentForbiddenError(alias, named);
  }

  #keyed(asked: Asked): Assigned | Promise<Assigned> {
    const { request, route, isDrawn } = asked;
    const made = isDrawn ? undefined : this.options.stickiness(route.alias).key?.(request);
    return isThenable(made)
      ? hookResult('stickiness.key', made).then((own) => this.#placed(asked, own))
      : this.#placed(asked, made);
  }

  #placed(
    { request, body, caller, route, strategy, isDrawn, forced, mirrorTo, conversationHeader }: Asked,
    own: string | number | undefined,
  ): Assigned {
    const { alias } = route;
    const { key, source, setCookie } = isDrawn ? {} : this.#stickyKey(request, body, own, route, strategy);
    const pinned = isDrawn ? undefined : headerOf(request, conversationHeader);
    const conversation = pinned ?? conversationOf(request);
    const accessKey = caller === undefined ? undefined : accessKeyOf(caller);
    const episode = episodeFrom(request.headers['x-episode-id']);
    const group = headerOf(request, route.onTrial?.groupBy);
    let assignment = this.splitter.assign(alias, {
      key,
      environment: forced,
      conversation: pinned,
      accessKey,
      episode,
      group,
    });
    if (mirrorTo !== undefined) {
      // Both answers are wanted: a caller that was assigned to the shadow gets the live environment instead.
      const { environment } = assignment.environment === mirrorTo ? route.active : assignment;
      if (environment !== assignment.environment)
        assignment = this.splitter.assign(alias, { key, environment, accessKey, episode, group });
      assignment = { ...assignment, mirror: true };
    }
    if (conversation !== undefined) assignment = { ...assignment, conversation };
    if (!isDrawn) this.#shares.saw(alias, assignment.unit, source);
    const context = contextOf(request);
    context.stickyKey = key;
    context.assignments.set(alias, assignment);
    context.assignment = assignment;
    return { assignment, setCookie };
  }

  #stickyKey(
    request: HttpRequest,
    body: JsonObject | undefined,
    own: string | number | undefined,
    route: CompiledRoute,
    strategy: RoutingStrategy | undefined,
  ): StickyKey {
    const stickiness = this.options.stickiness(route.alias);
    const cookie = cookieUnder({ ...route.settings, strategy }, stickiness.cookie, this.options.cookieSecret);
    return stickyKeyOf(request, body, own, stickiness, cookie);
  }
}

/** @throws {RoutePolicyError} */
function mirrorTarget(route: CompiledRoute, to: string | undefined): string {
  const target = shadowTarget(route, to);
  if (!target) {
    throw new RoutePolicyError(
      'X-Route-Policy',
      'shadow',
      `Route "${route.alias}" has no second environment to mirror to: configure one, or leave the header out.`,
    );
  }
  return target.environment;
}

/** Headers by which apps and agents name a conversation, the closest one first. */
const CONVERSATION_HEADERS = [
  'x-conversation-id',
  'thread-id',
  'x-session-id',
  'session-id',
  'x-claude-code-session-id',
];

/** Longer ones are not ids. */
const LONGEST_ID = 256;

function conversationOf(request: HttpRequest): string | undefined {
  for (const name of CONVERSATION_HEADERS) {
    const value = headerOf(request, name);
    if (value !== undefined && value.length <= LONGEST_ID) return value;
  }
  return undefined;
}

function headerOf({ headers }: HttpRequest, name: string | undefined): string | undefined {
  const value = name === undefined ? undefined : headers[name];
  return typeof value === 'string' ? value : undefined;
}
