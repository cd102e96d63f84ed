import { isObject } from './json.js';

/** What a JSON value holds. */
export interface BodySize {
  /** Characters of text. */
  readonly chars: number;
  /** The same text in UTF-8. */
  readonly bytes: number;
  /** Numbers in lists: tokens already, as embeddings take them. */
  readonly numbers: number;
  /** Images and files inside it: their length says nothing about tokens. */
  readonly files: number;
  /** Characters of these. */
  readonly fileChars: number;
  /** Values in objects and lists, whatever they are. */
  readonly values: number;
}

const FILE_FIELDS = new Set(['data', 'file_data']);

/** Looks through a value. Its own stack, since a caller may nest a body deeper than calls can be. */
export function sizeOf(body: unknown): BodySize {
  const size = { chars: 0, bytes: 0, numbers: 0, files: 0, fileChars: 0, values: 0 };
  const add = (text: string, isFile: boolean): void => {
    if (isFile || text.startsWith('data:')) {
      size.files++;
      size.fileChars += text.length;
    } else {
      size.chars += text.length;
      size.bytes += Buffer.byteLength(text);
    }
  };
  const left: unknown[] = [body];
  while (left.length > 0) {
    const value = left.pop();
    if (typeof value === 'string') add(value, false);
    else if (Array.isArray(value)) {
      size.values += value.length;
      for (const part of value) {
        if (typeof part === 'number') size.numbers++;
        else left.push(part);
      }
    } else if (isObject(value)) {
      for (const [key, part] of Object.entries(value)) {
        size.values++;
        if (typeof part === 'string') add(part, FILE_FIELDS.has(key));
        else left.push(part);
      }
    }
  }
  return size;
}
