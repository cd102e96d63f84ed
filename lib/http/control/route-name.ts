import { ValidationError } from '../../validation/validation-error.js';

interface Named {
  readonly model_alias?: string | undefined;
  readonly route_id?: string | undefined;
}

/**
 * The named route, or the only one.
 *
 * @throws {ValidationError} when there are several and none is named.
 */
export function routeNamed({ model_alias, route_id }: Named, routes: readonly string[]): string {
  const alias = model_alias ?? route_id;
  if (alias !== undefined) return alias;
  if (routes.length === 1) return routes[0]!;
  throw new ValidationError('The request is not valid', [
    { path: 'model_alias', value: 'nothing', message: 'is missing', remedy: `Use one of: ${routes.join(', ')}.` },
  ]);
}

/** The named route, or all of them. */
export function routesNamed({ model_alias, route_id }: Named, routes: readonly string[]): readonly string[] {
  const alias = model_alias ?? route_id;
  return alias === undefined ? routes : [alias];
}
