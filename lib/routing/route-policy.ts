import { BlueGreenError } from '../domain/errors.js';
import type { RoutingStrategy } from '../domain/route-settings.js';
import type { HttpRequest } from './routing.options.js';

/** The caller's wish in `X-Deployment-Env`, `X-Environment` or `X-Route-Policy`. */
export type RoutePolicy =
  | { readonly name: 'weighted' }
  | { readonly name: 'sticky' }
  | { readonly name: 'shadow' }
  | { readonly name: 'forced'; readonly environment: string };

/** A routing header that makes no sense. `code`: `invalid_route_policy`. */
export class RoutePolicyError extends BlueGreenError {
  constructor(header: string, value: string, remedy: string, status = 422) {
    super('invalid_route_policy', `The header ${header} says "${value}", which cannot be followed.`, remedy, status);
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
 * `X-Deployment-Env` names an environment. So does `X-Environment` if the route has one of that name: apps send their
 * own there, like `production`. `X-Route-Policy` is `weighted` (draw at random), `sticky`, `shadow` (mirror this
 * request) or the name of an environment. Without it the route's strategy applies.
 *
 * @throws {RoutePolicyError} when they contradict each other, or the policy is unknown.
 */
export function routePolicyOf(
  request: HttpRequest,
  environments: readonly string[],
  strategy: RoutingStrategy = 'sticky',
): RoutePolicy {
  const { headers } = request;
  const isSilent =
    headers['x-route-policy'] === undefined &&
    headers['x-deployment-env'] === undefined &&
    headers['x-environment'] === undefined;
  if (isSilent) return { name: strategy };
  const environment = namedEnvironment(request, environments);
  const policy = single(request, 'x-route-policy');
  const known = ['weighted', 'sticky', 'shadow', ...environments];

  if (policy !== undefined && !known.includes(policy)) {
    throw new RoutePolicyError('X-Route-Policy', policy, `Use one of: ${known.join(', ')}.`);
  }
  if (environment !== undefined) {
    if (policy !== undefined && policy !== environment.name) {
      throw new RoutePolicyError(
        'X-Route-Policy',
        policy,
        `${environment.header} asks for "${environment.name}"; send one of the two headers.`,
      );
    }
    return { name: 'forced', environment: environment.name };
  }
  if (policy === undefined) return { name: strategy };
  if (policy === 'sticky' || policy === 'weighted' || policy === 'shadow') return { name: policy };
  return { name: 'forced', environment: policy };
}

/** @throws {RoutePolicyError} when the two headers name different ones, or ours names none of them. */
function namedEnvironment(request: HttpRequest, environments: readonly string[]) {
  const ours = single(request, 'x-deployment-env');
  const theirs = single(request, 'x-environment');
  const named = theirs !== undefined && environments.includes(theirs) ? theirs : undefined;
  if (ours === undefined) return named === undefined ? undefined : { header: 'X-Environment', name: named };
  if (!environments.includes(ours)) {
    throw new RoutePolicyError('X-Deployment-Env', ours, `Use one of: ${environments.join(', ')}.`);
  }
  if (named !== undefined && named !== ours) {
    const remedy = `X-Deployment-Env asks for "${ours}"; send one of the two headers.`;
    throw new RoutePolicyError('X-Environment', named, remedy, 400);
  }
  return { header: 'X-Deployment-Env', name: ours };
}

function single(request: HttpRequest, header: string): string | undefined {
  const value = request.headers[header];
  const first = Array.isArray(value) ? value[0] : value;
  return first?.trim().toLowerCase() || undefined;
}
