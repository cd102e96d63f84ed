import { BlueGreenError } from '../domain/errors.js';
import type { RoutingStrategy } from '../domain/state.js';
import type { HttpRequest } from './routing.options.js';

/** The caller's wish in `X-Deployment-Env` or `X-Route-Policy`. */
export type RoutePolicy =
  | { readonly name: 'weighted' }
  | { readonly name: 'sticky' }
  | { readonly name: 'shadow' }
  | { readonly name: 'forced'; readonly environment: string };

/** A routing header that makes no sense. `code`: `invalid_route_policy`. */
export class RoutePolicyError extends BlueGreenError {
  constructor(header: string, value: string, remedy: string) {
    super('invalid_route_policy', `The header ${header} says "${value}", which cannot be followed.`, remedy, 422);
  }
}

/** The caller may not choose the environment that it named. `code`: `environment_forbidden`. */
export class EnvironmentForbiddenError extends BlueGreenError {
  constructor(
    readonly route: string,
    readonly environment: string,
  ) {
    super(
      'environment_forbidden',
      `This caller may not choose the environment "${environment}" of route "${route}".`,
      'Leave the header out, or use a key whose "environments" list has that name.',
      401,
    );
  }
}

/**
 * `X-Deployment-Env` names an environment. `X-Route-Policy` is `weighted` (draw at random), `sticky`, `shadow` (mirror
 * this request) or the name of an environment. Without it the route's strategy applies.
 *
 * @throws {RoutePolicyError} when the two contradict each other, or the policy is unknown.
 */
export function routePolicyOf(
  request: HttpRequest,
  environments: readonly string[],
  strategy: RoutingStrategy = 'sticky',
): RoutePolicy {
  const environment = single(request, 'x-deployment-env');
  const policy = single(request, 'x-route-policy');
  const known = ['weighted', 'sticky', 'shadow', ...environments];

  if (policy !== undefined && !known.includes(policy)) {
    throw new RoutePolicyError('X-Route-Policy', policy, `Use one of: ${known.join(', ')}.`);
  }
  if (environment !== undefined && !environments.includes(environment)) {
    throw new RoutePolicyError('X-Deployment-Env', environment, `Use one of: ${environments.join(', ')}.`);
  }
  if (environment !== undefined) {
    if (policy !== undefined && policy !== environment) {
      throw new RoutePolicyError(
        'X-Route-Policy',
        policy,
        `X-Deployment-Env asks for "${environment}"; send one of the two headers.`,
      );
    }
    return { name: 'forced', environment };
  }
  if (policy === undefined) return { name: strategy };
  if (policy === 'sticky' || policy === 'weighted' || policy === 'shadow') return { name: policy };
  return { name: 'forced', environment: policy };
}

function single(request: HttpRequest, header: string): string | undefined {
  const value = request.headers[header];
  const first = Array.isArray(value) ? value[0] : value;
  return first?.trim().toLowerCase() || undefined;
}
