import type { JournalEntry } from '../domain/events.js';
import { isObject, stringAt, type JsonObject } from '../kit/json.js';
import { statusesIn, type RouteView } from './route-view.js';

/** An object, as the server has it. */
/** Reads an answer as what it has to be; `undefined` for what a control API does not say. */
export type Shape<T> = (answer: unknown) => T | undefined;

/** A list or report, as the server has it, with what stands in its rows. */
export interface Report {
  readonly raw: JsonObject;
  readonly rows: readonly JsonObject[];
}

/** A look at an environment that would be tried. */
export interface Preflight {
  readonly raw: JsonObject;
  readonly isFit: boolean;
  readonly checks: readonly JsonObject[];
}

/** Every object is one: of what a change answers with nothing is read. */
export const anything: Shape<JsonObject> = (answer) => (isObject(answer) ? answer : undefined);

export const routes: Shape<readonly RouteView[]> = (answer) => {
  const list = isObject(answer) ? (answer['routes'] ?? answer['data']) : undefined;
  const views = statusesIn(list);
  return Array.isArray(list) && views.length === list.length ? views : undefined;
};

export const route: Shape<RouteView> = (answer) => statusesIn(answer)[0];

export const entries: Shape<readonly JournalEntry[]> = (answer) => {
  const list = isObject(answer) ? (answer['entries'] ?? answer['data']) : undefined;
  return Array.isArray(list) && list.every(isEntry) ? (list as JournalEntry[]) : undefined;
};

function isEntry(entry: unknown): boolean {
  return isObject(entry) && stringAt(entry, 'type') !== undefined;
}

export const preflight: Shape<Preflight> = (answer) => {
  if (!isObject(answer) || typeof answer['can_deploy'] !== 'boolean' || !Array.isArray(answer['checks']))
    return undefined;
  return { raw: answer, isFit: answer['can_deploy'], checks: answer['checks'].filter(isObject) };
};

/** Whether a key is good; with the server's words for the rest. */
export const validity: Shape<{ readonly raw: JsonObject; readonly isValid: boolean }> = (answer) =>
  isObject(answer) && typeof answer['valid'] === 'boolean' ? { raw: answer, isValid: answer['valid'] } : undefined;

/** What nothing is read of but its own figures. */
export const reportOn: Shape<JsonObject> = (answer) =>
  isObject(answer) && stringAt(answer, 'model_alias') !== undefined ? answer : undefined;

/** @param field where the rows stand. */
export const rowsIn =
  (field: string): Shape<Report> =>
  (answer) => {
    const rows = isObject(answer) ? answer[field] : undefined;
    return isObject(answer) && Array.isArray(rows) ? { raw: answer, rows: rows.filter(isObject) } : undefined;
  };
