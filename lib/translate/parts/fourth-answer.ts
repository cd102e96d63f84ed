import { isObject, type JsonObject } from '../../kit/json.js';
import type { ModelAnswer, ModelChunk } from '../model.js';
import type { FileData } from './fourth-prompt.js';

/** Parts that only callers of the fourth version have a place for. */
const UNKNOWN = new Set(['custom', 'reasoning-file']);

/** The whole answer of a model object of the fourth version, as the pivot has it. */
export function answerOfFourth(answer: object): ModelAnswer {
  const { structuredOutputText, warnings, content, ...rest } = answer as ModelAnswer & {
    structuredOutputText?: string;
  };
  const parts = content.filter(({ type }) => !UNKNOWN.has(type)).map((part) => thirdPart(part as object as JsonObject));
  const lost = content.filter(({ type }) => UNKNOWN.has(type));
  return {
    ...rest,
    // Drafts before the answer would make the JSON of the whole text unreadable.
    content: (structuredOutputText === undefined ? parts : withText(parts, structuredOutputText)) as never,
    warnings: [
      ...warnings.map(thirdWarning),
      ...lost.map(({ type }) => ({ type: 'unsupported' as const, feature: type })),
    ],
  };
}

/** A piece of its stream. One without words is a sign of life, as a comment is. */
export function chunkOfFourth(part: object): ModelChunk {
  const chunk = part as JsonObject;
  const { type } = chunk;
  if (type === 'ping' || UNKNOWN.has(String(type))) return { type: 'raw', rawValue: undefined };
  if (type === 'stream-start' && Array.isArray(chunk['warnings'])) {
    return { type, warnings: chunk['warnings'].map(thirdWarning) };
  }
  return thirdPart(chunk) as ModelChunk;
}

/** A file is its bytes. One at an address is a source: the third version has no such files. */
function thirdPart(part: JsonObject): object {
  if (part['type'] !== 'file' || !isObject(part['data'])) return part;
  const data = part['data'] as FileData;
  if (data.type === 'url') return { type: 'source', sourceType: 'url', id: String(data.url), url: String(data.url) };
  return data.type === 'data' ? { ...part, data: data.data } : part;
}

function thirdWarning(warning: object): ModelAnswer['warnings'][number] {
  const { type, setting, message } = warning as { type: string; setting?: string; message?: string };
  if (type !== 'deprecated') return warning as ModelAnswer['warnings'][number];
  return { type: 'other', message: `"${setting}": ${message}` };
}

function withText(parts: readonly object[], text: string): object[] {
  return [...parts.filter((part) => (part as { type: string }).type !== 'text'), { type: 'text', text }];
}
