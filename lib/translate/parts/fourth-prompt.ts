import { isObject } from '../../kit/json.js';
import { isAddress, isReference } from '../media.js';
import type { FilePart, ModelCall, PromptMessage, ResultContent, ToolResultPart } from '../model.js';

/** A file as the fourth version of the specification has it. */
export type FileData =
  | { type: 'data'; data: Uint8Array | string }
  | { type: 'url'; url: URL | string }
  | { type: 'reference'; reference: Record<string, string> }
  | { type: 'text'; text: string };

/** Vendors whose own options say how much to think. The others are told in the word that all of them share. */
const HAVE_OPTIONS = new Set(['openai', 'azure', 'anthropic', 'google', 'vertex', 'bedrock']);

const EFFORTS = new Set(['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']);

/**
 * The call for a model object of the fourth version: files say what they are, and so do those that tools return.
 *
 * @param vendor whose options the model reads.
 */
export function inFourthVersion({ reasoning, prompt, ...call }: ModelCall, vendor: string): object {
  const effort = reasoning !== undefined && EFFORTS.has(reasoning) && !HAVE_OPTIONS.has(vendor) ? { reasoning } : {};
  return { ...call, ...effort, prompt: prompt.map((message) => fourthMessage(message, vendor)) };
}

function fourthMessage(message: PromptMessage, vendor: string): object {
  if (message.role === 'system') return message;
  const parts: readonly (PromptMessage['content'][number] & object)[] = message.content;
  return { ...message, content: parts.map((part) => fourthPart(part, vendor)) };
}

function fourthPart(part: object & { readonly type: string }, vendor: string): object {
  if (part.type === 'file') return fourthFile(part as FilePart);
  if (part.type !== 'tool-result') return part;
  const { output } = part as ToolResultPart;
  if (output.type !== 'content') return part;
  return { ...part, output: { ...output, value: output.value.map((piece) => fourthResult(piece, vendor)) } };
}

/** Types of files at an address that it tells by its end. */
const TYPES: Readonly<Record<string, string>> = { png: 'image/png', gif: 'image/gif', webp: 'image/webp' };

/** Some packages take no picture at an address without its exact type. Their third version took any for a JPEG. */
function fourthFile(file: FilePart): object {
  const data = fourthData(file.data);
  if (data.type !== 'url' || file.mediaType !== 'image/*') return { ...file, data };
  const [, ending = ''] = /\.([a-z]+)$/i.exec(new URL(data.url).pathname) ?? [];
  return { ...file, data, mediaType: TYPES[ending.toLowerCase()] ?? 'image/jpeg' };
}

function fourthData(data: FilePart['data']): FileData {
  if (isReference(data)) return data as unknown as FileData;
  return isAddress(data) ? { type: 'url', url: new URL(data) } : { type: 'data', data };
}

function fourthResult(piece: ResultContent, vendor: string): object {
  const options = {
    ...('filename' in piece && { filename: piece.filename }),
    ...(piece.providerOptions && { providerOptions: piece.providerOptions }),
  };
  const file = (mediaType: string, data: FileData): object => ({ type: 'file', mediaType, data, ...options });
  switch (piece.type) {
    case 'file-data':
    case 'image-data':
      return file(piece.mediaType, { type: 'data', data: piece.data });
    case 'file-url':
      return file(piece.mediaType ?? 'application/octet-stream', { type: 'url', url: new URL(piece.url) });
    case 'image-url':
      return { ...fourthFile({ type: 'file', mediaType: 'image/*', data: piece.url }), ...options };
    case 'file-id':
    case 'image-file-id': {
      const { fileId } = piece;
      const reference = typeof fileId === 'string' ? { [vendor]: fileId } : fileId;
      return file(piece.type === 'file-id' ? 'application' : 'image', { type: 'reference', reference });
    }
    default:
      return piece;
  }
}

/**
 * A prompt of AI SDK 7 as the pivot has it. The SDK itself turns most of it into the third version when it asks a
 * route, but leaves parts and files alone that the third version has no words for.
 */
export function fromFourthVersion(message: PromptMessage): PromptMessage {
  if (message.role === 'system') return message;
  const parts: readonly object[] = message.content;
  return { ...message, content: parts.map(thirdPart) } as PromptMessage;
}

function thirdPart(part: object): object {
  const { type, data, mediaType, output } = part as Partial<FilePart> & Partial<ToolResultPart>;
  if (type === 'file') return { ...part, mediaType: wholeType(mediaType), ...thirdFile(data) };
  if (output?.type !== 'content') return part;
  return { ...part, output: { ...output, value: output.value.map(thirdResult) } };
}

/** `image` is any image. */
function wholeType(mediaType = 'application/octet-stream'): string {
  return mediaType.includes('/') ? mediaType : `${mediaType}/*`;
}

function thirdFile(data: unknown): object {
  if (data instanceof Uint8Array) return { data: Buffer.from(data).toString('base64') };
  if (!isObject(data) || data instanceof URL) return { data: String(data) };
  const file = data as FileData;
  switch (file.type) {
    case 'data':
      return thirdFile(file.data);
    case 'url':
      return { data: String(file.url) };
    case 'text':
      return { data: Buffer.from(file.text).toString('base64'), mediaType: 'text/plain' };
    default:
      return { data };
  }
}

/** Of files that tools return, only a text comes here as the fourth version has it. */
function thirdResult(piece: ResultContent): ResultContent {
  const { type, data } = piece as { type: string; data?: unknown };
  if (type !== 'file' || !isObject(data) || typeof data['text'] !== 'string') return piece;
  return { type: 'text', text: data['text'] };
}
