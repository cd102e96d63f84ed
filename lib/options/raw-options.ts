import { isObject, type JsonObject } from '../kit/json.js';

/** Settings as written, of the app or of a route. */
interface RawLayer {
  readonly path: readonly string[];
  readonly settings: JsonObject;
}

interface RawRoute extends RawLayer {
  readonly alias: unknown;
}

/**
 * The options before validation. Checks between values read these and skip anything with the wrong shape, so that their
 * findings are listed together with the schema's.
 */
export interface RawOptions {
  /** Settings for all routes. */
  readonly app: JsonObject;
  readonly routes: readonly RawRoute[];
  /** Every place that may have settings of a route. */
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
