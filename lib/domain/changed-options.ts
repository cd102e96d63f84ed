import { isObject } from '../kit/json.js';
import type { RouteDefinition } from './route-commands.js';
import type { RouteState } from './state.js';

/** Differences that are named; the rest are counted. */
const MOST = 5;
/** A longer value, such as a system prompt, is not shown. */
const LONGEST = 60;

/** The changes in the options of a route that the journal knows, for people. */
export function changedOptions(known: RouteState, definition: RouteDefinition): string {
  const { environments, fallback, addresses = {} } = definition;
  const before = known.addresses ?? {};
  const moved = Object.keys(addresses).filter(
    (name) => Object.hasOwn(before, name) && before[name] !== addresses[name],
  );
  const all = [
    ...differences('environments', known.configured, environments),
    ...differences('fallback', known.fallback, fallback),
    ...moved.map((name) => `environments.${name} has another address or key`),
  ];
  const named = all.slice(0, MOST).join('; ');
  return all.length > MOST ? `${named}; and ${all.length - MOST} more` : named;
}

function differences(path: string, before: unknown, now: unknown): string[] {
  if (JSON.stringify(before) === JSON.stringify(now)) return [];
  if (now === undefined) return [`${path} is gone`];
  if (before === undefined) return [`${path} is new`];
  if (!isObject(before) || !isObject(now)) return [`${path} is ${shown(now)}, was ${shown(before)}`];
  const names = new Set([...Object.keys(before), ...Object.keys(now)]);
  return [...names].flatMap((name) => differences(`${path}.${name}`, before[name], now[name]));
}

function shown(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > LONGEST ? 'something else' : text;
}
