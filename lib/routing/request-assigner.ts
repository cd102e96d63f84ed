import { BlueGreenError } from '../domain/errors.js';
import type { Assignment } from './assignment.js';
import type { LiveRouteTable } from './live-route-table.js';
import { contextOf } from './request-context.js';
import { EnvironmentForbiddenError, routePolicyOf } from './route-policy.js';
import type { HttpRequest, RoutingOptions } from './routing.options.js';
import { stickyVisit } from './sticky-cookie.js';
import type { TrafficSplitter } from './traffic-splitter.js';

/** No route was named and there are several. `code`: `route_not_named`. */
export class RouteNotNamedError extends BlueGreenError {
  constructor(known: readonly string[]) {
    super(
      'route_not_named',
      `The handler does not say which of the routes it is for: ${known.join(', ')}.`,
      "Put @Route('alias') on the handler or on its controller.",
      500,
    );
  }
}

/** From an incoming HTTP request to its assignment: headers, permission, sticky key, split. */
export class RequestAssigner {
  constructor(
    private readonly splitter: TrafficSplitter,
    private readonly table: LiveRouteTable,
    private readonly options: RoutingOptions,
  ) {}

  /**
   * Assigns the request once per route; asked again, it gives the same answer. `setCookie` is the header that
   * makes a new visitor sticky.
   *
   * @throws {EnvironmentForbiddenError} {@link RoutePolicyError} {@link RouteNotNamedError} {@link UnknownRouteError}
   */
  async assign(
    request: HttpRequest,
    alias: string | undefined = this.options.defaultRoute,
  ): Promise<{ assignment: Assignment; setCookie?: string | undefined }> {
    const table = this.table.current;
    if (alias === undefined) throw new RouteNotNamedError(table.aliases);
    const route = table.get(alias);
    const context = contextOf(request);
    const known = context.assignments.get(alias);
    if (known) {
      context.assignment = known;
      return { assignment: known };
    }

    const policy = routePolicyOf(
      request,
      route.slots.map(({ environment }) => environment),
    );
    const forced = policy.name === 'forced' ? policy.environment : undefined;
    if (forced !== undefined && !(await this.options.mayForce(request, forced, alias))) {
      throw new EnvironmentForbiddenError(alias, forced);
    }
    const { key, setCookie } = policy.name === 'weighted' ? {} : this.stickyKey(request, alias);
    const assignment = this.splitter.assign(alias, { key, environment: forced });
    context.stickyKey = key;
    context.assignments.set(alias, assignment);
    context.assignment = assignment;
    return { assignment, setCookie };
  }

  private stickyKey(request: HttpRequest, alias: string): { key?: string; setCookie?: string } {
    const { key, headers, cookie } = this.options.stickiness(alias);
    const own = String(key?.(request) ?? '');
    if (own !== '') return { key: own };
    for (const name of headers) {
      const value = request.headers[name];
      if (typeof value === 'string' && value !== '') return { key: value };
    }
    const cookieHeader = request.headers['cookie'];
    return cookie ? stickyVisit(typeof cookieHeader === 'string' ? cookieHeader : undefined, cookie) : {};
  }
}
