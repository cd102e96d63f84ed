import { isObject, type JsonObject } from '../kit/json.js';

/** A place where settings stand, as written: the app's, or a route's. */
interface RawLayer {
  readonly path: readonly string[];
  readonly settings: JsonObject;
}

interface RawRoute extends RawLayer {
  readonly alias: unknown;
}

/**
 * The options before the schema has seen them. Checks between values read these and pass over anything with the wrong shape:
 * so they add their findings to the schema's, instead of waiting for it to be content.
 */
export interface RawOptions {
  /** What holds for all routes. */
  readonly app: JsonObject;
  readonly routes: readonly RawRoute[];
  /** Every place where settings of a route may stand. */
  readonly layers: readonly RawLayer[];
}

export function rawOptions(input: unknown): RawOptions {
  if (!isObject(input)) return { app: {}, routes: [], layers: [] };
  const app = { path: [], settings: input };
  if (!('routes' in input)) {
    const { alias = 'default' } = input;
    return { app: input, routes: [{ ...app, alias }], layers: [app] };
  }
  const routes = Object.entries(isObject(input['routes']) ? input['routes'] : {}).map(([alias, settings]) => ({
    alias,
    path: ['routes', alias],
    settings: isObject(settings) ? settings : {},
  }));
  return { app: input, routes, layers: [app, ...routes] };
}
