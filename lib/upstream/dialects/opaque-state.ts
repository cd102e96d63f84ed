import { isObject, parseJson, type JsonObject } from '../../kit/json.js';

/** Values of a format that only their maker can read: ids of what it keeps, encrypted thoughts, signatures. */
export interface OpaqueState {
  /** Finds the events of a stream that may hold some: most carry text alone. */
  readonly mayHold: RegExp;
  /** Those of an answer, or of one event. */
  inAnswer(json: JsonObject): readonly string[];
  /** Those of a request, in the order of the conversation. */
  inRequest(body: JsonObject): readonly string[];
  /** Ids of files in a request. Files are sent to vendors directly, so nobody here knows which one has them. */
  filesIn(body: JsonObject): readonly string[];
  /** The request with each of them replaced by what `open` makes of it. */
  opened(body: JsonObject, open: (value: string) => string): JsonObject;
  /**
   * The request without these; `undefined` when it means nothing without one of them.
   *
   * @param own values that the one who is asked made itself.
   */
  without(body: JsonObject, foreign: ReadonlySet<string>, own?: ReadonlySet<string>): JsonObject | undefined;
  /** Where the answer to this request may hold fewer kinds of values. */
  ofAnswerTo?(body: JsonObject): OpaqueState;
  /** The one value of an event that holds no others. */
  idIn?(data: string): string | undefined;
  /** The piece of a value that a format sends in several events. */
  pieceIn?(data: string): string | undefined;
  /** The event with the whole value in place of its piece. */
  withWhole?(data: string, value: string): string;
}

/** Fields of an object, by a path of names; a name that leads to a list means each of its objects. */
export type StatePath = readonly string[];

/** Paths as a tree: a part that several have in common is walked once. */
interface Branch {
  readonly name: string;
  /** A path ends here. */
  readonly isEnd: boolean;
  readonly inner: readonly Branch[];
}

function branchesOf(paths: readonly StatePath[]): readonly Branch[] {
  const names = new Set(paths.flatMap(([name]) => name ?? []));
  return Array.from(names, (name) => {
    const rests = paths.filter(([first]) => first === name).map((path) => path.slice(1));
    return { name, isEnd: rests.some((rest) => rest.length === 0), inner: branchesOf(rests) };
  });
}

const NONE: readonly string[] = [];

/** Every answer and every request is searched, and hardly any has a text there: nothing is made until one is found. */
function addTexts(json: unknown, branches: readonly Branch[], found: string[] | undefined): string[] | undefined {
  if (!isObject(json)) return found;
  let all = found;
  for (const { name, isEnd, inner } of branches) {
    const value = json[name];
    if (value === undefined || value === null) continue;
    if (typeof value === 'string') {
      if (!isEnd || value === '') continue;
      all ??= [];
      all.push(value);
    } else if (Array.isArray(value)) {
      for (const item of value as readonly unknown[]) all = addTexts(item, inner, all);
    } else all = addTexts(value, inner, all);
  }
  return all;
}

/** The object with the texts at the path replaced. The same object when nothing changes. */
function replacedAt(json: JsonObject, path: StatePath, change: (value: string) => string): JsonObject {
  const [name = '', ...rest] = path;
  const value = json[name];
  const next = replaced(value, rest, change);
  return next === value ? json : { ...json, [name]: next };
}

function replaced(value: unknown, rest: StatePath, change: (value: string) => string): unknown {
  if (rest.length === 0) return typeof value === 'string' && value !== '' ? change(value) : value;
  if (isObject(value)) return replacedAt(value, rest, change);
  if (!Array.isArray(value)) return value;
  const items: readonly unknown[] = value;
  const next = items.map((item) => (isObject(item) ? replacedAt(item, rest, change) : item));
  return next.some((item, at) => item !== items[at]) ? next : value;
}

export function jsonObject(data: string): JsonObject {
  const json = parseJson(data);
  return isObject(json) ? json : {};
}

/** State that stands at these paths. */
export function stateAt(
  answers: readonly StatePath[],
  requests: readonly StatePath[],
  files: readonly StatePath[],
): Pick<OpaqueState, 'inAnswer' | 'inRequest' | 'opened' | 'filesIn'> {
  return {
    inAnswer: textsAt(answers),
    inRequest: textsAt(requests),
    filesIn: textsAt(files),
    opened: (body, open) => requests.reduce((result, path) => replacedAt(result, path, open), body),
  };
}

function textsAt(paths: readonly StatePath[]): (json: JsonObject) => readonly string[] {
  const branches = branchesOf(paths);
  return (json) => addTexts(json, branches, undefined) ?? NONE;
}
