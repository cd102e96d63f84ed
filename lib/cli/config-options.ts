import { isObject, objectAt, type JsonObject } from '../kit/json.js';
import { withCapabilities } from './config-capabilities.js';
import { mapped } from './config-overrides.js';
import { OUR_SECTIONS } from './config-schema.js';

const SLOTS = ['blue', 'green'] as const;
type Slot = (typeof SLOTS)[number];

/** The name of an environment's field in `blue_green`, and in `relay` if it is shared there. */
const FIELDS: Readonly<Record<string, { readonly own: string; readonly relay?: string }>> = {
  name: { own: 'name' },
  weight: { own: 'weight' },
  model: { own: 'model' },
  baseUrl: { own: 'base_url', relay: 'base_url' },
  apiKey: { own: 'api_key', relay: 'api_key' },
  capabilities: { own: 'capabilities' },
};

/**
 * The module's options: each alias below `models` is a route with blue and green at the relay; `routes` and every other
 * option of the module are taken as they are. Skips values of the wrong type, so that one pass finds the problems
 * elsewhere, too.
 */
export function optionsOf(raw: JsonObject): JsonObject {
  const relay = objectAt(raw, 'relay') ?? {};
  const routing = objectAt(raw, 'routing') ?? {};
  const models = objectAt(raw, 'models') ?? {};
  const derived = Object.entries(models).map(([alias, model]) => [alias, routeOf(raw, model)]);
  const timeout = timeIn(relay['timeout'], 1);
  const interval = timeIn(routing['health_check_interval'], 1_000);
  const retries = relay['max_retries'];
  const { strategy } = routing;
  const options: Record<string, unknown> = {
    ...(timeout !== undefined && { timeouts: { total: timeout, firstToken: timeout } }),
    ...(typeof retries === 'number' && Number.isInteger(retries) && { retry: { attempts: retries + 1 } }),
    ...(interval !== undefined && { health: { interval } }),
    ...((strategy === 'sticky' || strategy === 'weighted') && { stickiness: { strategy } }),
    ...(raw['healthCheck'] !== undefined && { splitCheck: raw['healthCheck'] }),
  };
  const one = oneRouteIn(raw);
  for (const [name, value] of Object.entries(raw)) {
    if (OUR_SECTIONS.includes(name) || name === 'routes' || (one && OF_ONE_ROUTE.has(name))) continue;
    const base = options[name];
    options[name] = isObject(base) && isObject(value) ? { ...base, ...value } : value;
  }
  if (one) return { ...options, routes: { [one.alias]: withCapabilities(one.route) } };
  const routes = raw['routes'];
  const all = { ...Object.fromEntries(derived), ...(isObject(routes) && routes) } as JsonObject;
  options['routes'] = routes === undefined || isObject(routes) ? mapped(all, withCapabilities) : routes;
  return options;
}

/** Options of a route that stand at the top when there is only one. */
const OF_ONE_ROUTE = new Set(['alias', 'environments', 'active', 'fallback']);

/** The route of a file with a single one, written with the module's own names. */
function oneRouteIn(raw: JsonObject): { readonly alias: string; readonly route: JsonObject } | undefined {
  if (raw['routes'] !== undefined || raw['models'] !== undefined) return undefined;
  if (!Object.keys(raw).some((name) => OF_ONE_ROUTE.has(name))) return undefined;
  const { alias = 'default', environments, active, fallback } = raw;
  if (typeof alias !== 'string' || alias === '') return undefined;
  const fields = { environments, ...(active !== undefined && { active }), ...(fallback !== undefined && { fallback }) };
  return { alias, route: fields };
}

function routeOf(raw: JsonObject, model: unknown): JsonObject {
  const greenIsOn = slotIn(raw, 'green')['enabled'] !== false;
  const slots = greenIsOn ? SLOTS : (['blue'] as const);
  return { environments: Object.fromEntries(slots.map((slot) => [slot, environmentOf(raw, slot, model, greenIsOn)])) };
}

function environmentOf(raw: JsonObject, slot: Slot, model: unknown, greenIsOn: boolean): JsonObject {
  const relay = objectAt(raw, 'relay') ?? {};
  const own = slotIn(raw, slot);
  // Statements of an alias about its model do not hold for another model.
  const shared = !isObject(model) ? { model } : own['model'] === undefined ? model : {};
  const fields = Object.entries(FIELDS).map(([option, { own: name, relay: common }]) => [
    option,
    own[name] ?? (common === undefined ? undefined : relay[common]),
  ]);
  const given = Object.fromEntries(fields.filter(([, value]) => value !== undefined)) as JsonObject;
  return { ...shared, ...given, weight: greenIsOn ? weightOf(raw, slot) : 100 };
}

/** A side without a weight takes what the other leaves; without any weight, blue takes all. */
function weightOf(raw: JsonObject, slot: Slot): unknown {
  const [own, other] = [slotIn(raw, slot)['weight'], slotIn(raw, slot === 'blue' ? 'green' : 'blue')['weight']];
  if (own !== undefined) return own;
  if (typeof other === 'number' && other >= 0 && other <= 100) return 100 - other;
  return slot === 'blue' ? 100 : 0;
}

function slotIn(raw: JsonObject, slot: Slot): JsonObject {
  return objectAt(objectAt(raw, 'blue_green') ?? {}, slot) ?? {};
}

/** The place in the file that an option came from. */
export function placeInFile(path: string, raw: JsonObject): string {
  if (/^splitCheck\b/.test(path) && raw['splitCheck'] === undefined) return path.replace('splitCheck', 'healthCheck');
  const one = oneRouteIn(raw);
  if (one) return path.startsWith(`routes.${one.alias}.`) ? path.slice(`routes.${one.alias}.`.length) : path;
  const models = objectAt(raw, 'models') ?? {};
  const aliases = Object.keys(models).filter((alias) => !Object.hasOwn(objectAt(raw, 'routes') ?? {}, alias));
  const alias = aliases.find((name) => path === `routes.${name}` || path.startsWith(`routes.${name}.`));
  if (alias === undefined) return path === 'routes' && raw['routes'] === undefined ? 'models' : path;
  const [, slot = '', field = '', ...rest] = path.slice(`routes.${alias}.`.length).split('.');
  if (slot !== 'blue' && slot !== 'green') return path.endsWith('environments') ? 'blue_green' : `models.${alias}`;
  const names = FIELDS[field];
  if (!names) return `blue_green.${slot}`;
  const own = slotIn(raw, slot)[names.own] !== undefined;
  if (!own && names.relay !== undefined) return `relay.${names.relay}`;
  const inAlias = isObject(models[alias]) ? [`models.${alias}`, field] : [`models.${alias}`];
  const isOfAlias = !own && (field === 'model' || field === 'capabilities');
  return [...(isOfAlias ? inAlias : [`blue_green.${slot}`, names.own]), ...rest].join('.');
}

/**
 * @param unit of a plain number, milliseconds.
 * @returns `undefined` for anything that is not a time, which the schema reports.
 */
function timeIn(value: unknown, unit: number): unknown {
  if (typeof value === 'number')
    return value > 0 && value * unit <= 2_000_000_000 ? Math.round(value * unit) : undefined;
  return typeof value === 'string' && /^\d+(\.\d+)? ?(ms|s|m|h|d)$/.test(value) ? value : undefined;
}
