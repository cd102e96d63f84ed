import { isObject, objectAt, type JsonObject } from '../kit/json.js';

/** Values from the command line that win over the file. */
export interface ConfigOverrides {
  /** Percent by environment. */
  readonly weights?: Readonly<Record<string, number>> | undefined;
  /** How often the gates are read, like `30s`. */
  readonly monitorInterval?: string | undefined;
  readonly port?: number | undefined;
}

/** The file with the values of the command line. */
export function overridden(raw: unknown, { weights = {}, monitorInterval, port }: ConfigOverrides): unknown {
  if (!isObject(raw)) return raw;
  const routes = objectAt(raw, 'routes');
  const weighed = Object.keys(weights).length > 0;
  return {
    ...raw,
    ...(weighed &&
      (raw['models'] !== undefined || !routes) && { blue_green: slots(objectAt(raw, 'blue_green'), weights) }),
    ...(weighed && raw['environments'] !== undefined && { environments: withWeights(raw, weights)['environments'] }),
    ...(weighed && routes && { routes: mapped(routes, (route) => withWeights(route, weights)) }),
    ...(monitorInterval !== undefined &&
      raw['scheduler'] !== false && { scheduler: { ...objectAt(raw, 'scheduler'), monitorInterval } }),
    ...(port !== undefined && { port }),
  };
}

function slots(blueGreen: JsonObject = {}, weights: JsonObject): JsonObject {
  const set = Object.entries(weights).map(([name, weight]) => [name, { ...objectAt(blueGreen, name), weight }]);
  return { ...blueGreen, ...Object.fromEntries(set) };
}

function withWeights(route: JsonObject, weights: JsonObject): JsonObject {
  const environments = objectAt(route, 'environments');
  if (!environments) return route;
  return {
    ...route,
    environments: mapped(environments, (environment, name) => ({
      ...environment,
      weight: Object.hasOwn(weights, name) ? weights[name] : 0,
    })),
  };
}

/** The objects of a record changed; any other value is kept. */
export function mapped(record: JsonObject, change: (value: JsonObject, name: string) => JsonObject): JsonObject {
  const entries = Object.entries(record).map(([name, value]) => [name, isObject(value) ? change(value, name) : value]);
  return Object.fromEntries(entries) as JsonObject;
}
