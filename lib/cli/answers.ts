import type { EntryAnswer, KeyAnswer } from '../http/control/answers/records.js';
import type { PreflightAnswer, StatusAnswer } from '../http/control/answers/status.js';
import { isObject, stringAt, type JsonObject } from '../kit/json.js';

/**
 * Recognizes an answer of a control API; `undefined` for anything else. The types are the server's own. A newer
 * server may add fields and names, so only what tells a control API from another server is checked.
 */
export type Shape<T> = (answer: unknown) => T | undefined;

/** A list or report, as the server sent it, with its rows. */
export interface Table {
  readonly raw: JsonObject;
  readonly rows: readonly JsonObject[];
}

/** Any object: the CLI reads nothing of it. */
export const anything: Shape<JsonObject> = (answer) => (isObject(answer) ? answer : undefined);

export const route: Shape<StatusAnswer> = (answer) => (isStatus(answer) ? answer : undefined);

export const routes = listOf(isStatus);

export const entries = listOf(isEntry);

export const entry: Shape<EntryAnswer> = (answer) => (isEntry(answer) ? answer : undefined);

export const preflight: Shape<PreflightAnswer> = (answer) =>
  isObject(answer) && typeof answer['can_deploy'] === 'boolean' && Array.isArray(answer['checks'])
    ? (answer as PreflightAnswer)
    : undefined;

export const validity: Shape<KeyAnswer> = (answer) =>
  isObject(answer) && typeof answer['valid'] === 'boolean' ? (answer as KeyAnswer) : undefined;

/** A report passed through unread. */
export const reportOn: Shape<JsonObject> = (answer) =>
  isObject(answer) && stringAt(answer, 'model_alias') !== undefined ? answer : undefined;

/** @param field the name of the list of rows. */
export const rowsIn =
  (field: string): Shape<Table> =>
  (answer) => {
    const rows = isObject(answer) ? answer[field] : undefined;
    return isObject(answer) && Array.isArray(rows) ? { raw: answer, rows: rows.filter(isObject) } : undefined;
  };

function listOf<T>(isItem: (item: unknown) => item is T): Shape<readonly T[]> {
  return (answer) => {
    const list: unknown = isObject(answer) ? answer['data'] : undefined;
    return Array.isArray(list) && list.every(isItem) ? list : undefined;
  };
}

function isStatus(answer: unknown): answer is StatusAnswer {
  return isObject(answer) && stringAt(answer, 'route') !== undefined && isObject(answer['environments']);
}

function isEntry(answer: unknown): answer is EntryAnswer {
  return isObject(answer) && stringAt(answer, 'type') !== undefined;
}
