import type { Dialect } from './dialects/dialect.js';
import { type JsonObject, isObject } from '../kit/json.js';

/** What a JSON value holds. */
export interface BodySize {
  /** Characters of text. */
  readonly chars: number;
  /** The same text in UTF-8. */
  readonly bytes: number;
  /** Numbers in lists: tokens already, as embeddings take them. */
  readonly numbers: number;
  /** Images and files, inside it or only named: their length says nothing about tokens. */
  readonly files: number;
  /** Characters of those inside it. */
  readonly fileChars: number;
  /** Values in objects and lists, whatever they are. */
  readonly values: number;
}

/** A file as a URL. One of text is text: providers read it as such. */
const FILE_URL = /^data:(?!text\/)[\w.+-]+\/[\w.+-]+(?:;[\w.+-]+=[\w.+-]+)*;base64,/i;
/** Looks through a request, or a part of one. With a stack of its own: a caller may nest a body deeper than calls can be. */
export function sizeOf(body: unknown, { textFields, fileFields }: Dialect): BodySize {
  const size = { chars: 0, bytes: 0, numbers: 0, files: 0, fileChars: 0, values: 0 };
  const addText = (text: string): void => {
    size.chars += text.length;
    size.bytes += Buffer.byteLength(text);
  };
  const addField = (key: string, text: string, beside: JsonObject): void => {
    const isFile = !textFields.has(key) && isFileIn(key, text, beside);
    if (isFile || fileFields.has(key)) size.files++;
    if (isFile) size.fileChars += text.length;
    else addText(text);
  };
  const left: unknown[] = [body];
  while (left.length > 0) {
    const value = left.pop();
    if (typeof value === 'string') addText(value);
    else if (Array.isArray(value)) {
      size.values += value.length;
      for (const part of value) {
        if (typeof part === 'number') size.numbers++;
        else left.push(part);
      }
    } else if (isObject(value)) {
      for (const [key, part] of Object.entries(value)) {
        size.values++;
        if (typeof part === 'string') addField(key, part, value);
        else left.push(part);
      }
    }
  }
  return size;
}

/** Whether a field holds a file, and not text that was put where a file may be. */
function isFileIn(key: string, text: string, beside: JsonObject): boolean {
  // Sound has its format beside it, what is said to be base64 its type; the data of a text document is its text.
  if (key === 'data') return beside['type'] === 'base64' || typeof beside['format'] === 'string';
  return FILE_URL.test(text);
}
