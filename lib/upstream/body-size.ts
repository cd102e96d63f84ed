import type { Dialect } from './dialects/dialect.js';
import { type JsonObject, isObject } from '../kit/json.js';

/** The contents of a JSON value, counted. */
export interface BodySize {
  /** Characters of text. */
  readonly chars: number;
  /** The same text in UTF-8. */
  readonly bytes: number;
  /** Numbers in lists: embeddings take tokens this way. */
  readonly numbers: number;
  /** Images and files, embedded or only named. Their length says nothing about tokens. */
  readonly files: number;
  /** Characters of embedded files. */
  readonly fileChars: number;
  /** Values of any kind in objects and lists. */
  readonly values: number;
}

/** A file as a URL. A text file counts as text: providers read it so. */
const FILE_URL = /^data:(?!text\/)[\w.+-]+\/[\w.+-]+(?:;[\w.+-]+=[\w.+-]+)*;base64,/i;
/** Measures a request. Uses its own stack: a caller may nest a body deeper than the call stack allows. */
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

/** Whether a field holds a file, and not text in a place for files. */
function isFileIn(key: string, text: string, beside: JsonObject): boolean {
  // Sound has a format beside it, base64 data a type. The data of a text document is its text.
  if (key === 'data') return beside['type'] === 'base64' || typeof beside['format'] === 'string';
  return FILE_URL.test(text);
}
