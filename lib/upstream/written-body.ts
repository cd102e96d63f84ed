import { pastSpace, type JsonObject } from '../kit/json.js';

/** A body that came as text. */
export interface WrittenBody {
  readonly body: JsonObject;
  /** Its JSON, as the caller wrote it. Removed when it is no longer needed: a stream may last. */
  text: string | undefined;
}

/**
 * The caller's own text with another model in it and with fields behind it that it lacks: everything else goes out as
 * it was written: long prompts are not written again, and no number loses digits.
 *
 * @param once fields that must not stand in the text twice: we go by the last of them, a provider perhaps by the first.
 * @returns `undefined` when the bodies differ in more, or when it is not plain where the model stands.
 */
export function respelled({ body: asked, text }: WrittenBody, body: JsonObject, once: readonly string[]) {
  if (text === undefined) return undefined;
  const added = addedFields(asked, body);
  if (added === undefined) return undefined;
  for (const field of once) if (asked[field] !== undefined && isTwice(text, `"${field}"`)) return undefined;
  const named = withModel(text, asked['model'], body['model']);
  if (named === undefined || added === '') return named;
  const end = named.lastIndexOf('}');
  return `${named.slice(0, end)}${added}${named.slice(end)}`;
}

/** The fields that only the new body has, as they follow the others; `undefined` when more than the model differs. */
function addedFields(asked: JsonObject, body: JsonObject): string | undefined {
  let added = '';
  let common = 0;
  for (const name of Object.keys(body)) {
    const value = body[name];
    if (!Object.hasOwn(asked, name)) {
      const json = JSON.stringify(value) as string | undefined;
      if (json !== undefined) added += `,${JSON.stringify(name)}:${json}`;
    } else if (value === asked[name] || name === 'model') common++;
    else return undefined;
  }
  return common === Object.keys(asked).length ? added : undefined;
}

const KEY = '"model"';
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** A letter of ASCII that is written as an escape: a name may hide behind it. */
const HIDDEN = '\\u00';
const COLON = 0x3a;

function withModel(text: string, asked: unknown, model: unknown): string | undefined {
  if (typeof asked !== 'string' || typeof model !== 'string') return undefined;
  const at = text.indexOf(KEY);
  if (at < 0 || text.charCodeAt(at - 1) === BACKSLASH || text.includes(HIDDEN)) return undefined;
  if (text.includes(KEY, at + 1)) return undefined;
  const colon = pastSpace(text, at + KEY.length);
  if (text.charCodeAt(colon) !== COLON) return undefined;
  const from = pastSpace(text, colon + 1);
  const end = from + asked.length + 1;
  // A name with a character that JSON escapes does not stand there like this.
  if (text.charCodeAt(from) !== QUOTE || !text.startsWith(asked, from + 1) || text.charCodeAt(end) !== QUOTE) {
    return undefined;
  }
  return text.slice(0, from) + JSON.stringify(model) + text.slice(end + 1);
}

function isTwice(text: string, part: string): boolean {
  const at = text.indexOf(part);
  return at >= 0 && text.includes(part, at + 1);
}
