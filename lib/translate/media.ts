import { isObject } from '../kit/json.js';
import type { FilePart, ResultContent } from './model.js';

const DATA_URL = /^data:([^;,]+)(?:;[^,]*)?;base64,([\s\S]*)$/;

/**
 * A file as a URL: one with its bytes in it, or one to fetch.
 *
 * @param unknown the type of a file that must be fetched.
 */
export function fileAt(url: string, unknown: string): Pick<FilePart, 'data' | 'mediaType'> {
  const [, mediaType, data] = DATA_URL.exec(url) ?? [];
  return mediaType !== undefined && data !== undefined ? { mediaType, data } : { mediaType: unknown, data: url };
}

/** Whether the bytes have to be fetched from somewhere. */
export function isAddress(data: FilePart['data']): data is string | URL {
  return data instanceof URL || (typeof data === 'string' && /^https?:/i.test(data));
}

/** Whether the file is stored at a vendor, which alone can find it: the fourth version of the specification has these. */
export function isReference(data: unknown): boolean {
  return isObject(data) && !(data instanceof URL) && !(data instanceof Uint8Array);
}

/** The file as a URL. */
export function urlOf({ data, mediaType }: Pick<FilePart, 'data' | 'mediaType'>): string {
  return isAddress(data) ? String(data) : `data:${mediaType};base64,${base64Of(data)}`;
}

export function base64Of(data: FilePart['data']): string {
  return data instanceof Uint8Array ? Buffer.from(data).toString('base64') : String(data);
}

export function isImage({ mediaType }: Pick<FilePart, 'mediaType'>): boolean {
  return mediaType.startsWith('image/');
}

/** A file that a tool returned, as a file of the prompt; `undefined` for text and for files stored elsewhere. */
export function fileOfResult(part: ResultContent): FilePart | undefined {
  switch (part.type) {
    case 'image-data':
    case 'file-data':
      return { type: 'file', mediaType: part.mediaType, data: part.data };
    case 'image-url':
      return { type: 'file', mediaType: 'image/*', data: part.url };
    case 'file-url':
      return { type: 'file', mediaType: part.mediaType ?? 'application/octet-stream', data: part.url };
    default:
      return undefined;
  }
}

/** A file of the prompt as one that a tool returned. */
export function resultOfFile({ data, mediaType }: FilePart): ResultContent {
  const image = mediaType.startsWith('image/');
  if (isAddress(data))
    return image ? { type: 'image-url', url: String(data) } : { type: 'file-url', url: String(data) };
  return { type: image ? 'image-data' : 'file-data', data: base64Of(data), mediaType };
}
