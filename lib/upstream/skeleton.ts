import type { JsonObject } from '../kit/json.js';

/** Texts under these names are words of a format, and not of a person. */
const WORDS = new Set(
  (
    'type role format detail media_type mediaType effort reasoning_effort summary tool_choice include modalities ' +
    'truncation service_tier verbosity'
  ).split(' '),
);
const WORD = /^[\w./*-]{1,40}$/;

/** Schemas are never looked into: each is one like any other. */
const SCHEMAS = new Set(['schema', 'parameters', 'input_schema', 'inputSchema']);

const MAX_DEPTH = 8;
const MAX_ITEMS = 8;

/**
 * The shape of a request without its text: its fields, kinds of parts, and numbers by their size. Items of a list that
 * have the same shape are one.
 */
export function skeletonOf(body: JsonObject): JsonObject {
  return shapeOf({ ...body, model: undefined }, '', 0) as JsonObject;
}

function shapeOf(value: unknown, name: string, depth: number): unknown {
  if (typeof value === 'string') return textShape(value, name);
  if (typeof value === 'number') return numberShape(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth === MAX_DEPTH) return Array.isArray(value) ? [] : {};
  if (SCHEMAS.has(name)) return { type: 'object' };
  if (Array.isArray(value)) return listShape(value, name, depth);
  const fields = Object.entries(value).map(([field, inner]) => [field, shapeOf(inner, field, depth + 1)] as const);
  return Object.fromEntries(fields);
}

function listShape(list: readonly unknown[], name: string, depth: number): unknown[] {
  const shapes = new Map<string, unknown>();
  for (const item of list) {
    const shape = shapeOf(item, name, depth + 1);
    shapes.set(JSON.stringify(shape), shape);
    if (shapes.size === MAX_ITEMS) break;
  }
  return [...shapes.values()];
}

function textShape(text: string, name: string): string {
  if (WORDS.has(name)) return WORD.test(text) ? text : 'x';
  const [, mediaType] = /^data:([\w/.+-]{1,60});base64,/.exec(text) ?? [];
  if (mediaType !== undefined) return `data:${mediaType};base64,AA==`;
  if (/^https?:/i.test(text)) return 'https://example.com/x';
  return name === 'arguments' ? '{}' : 'x';
}

/** Formats and models tell apart nothing, one, and what is below and above it. */
function numberShape(value: number): number {
  if (value === 0 || value === 1) return value;
  if (value < 0) return -0.5;
  return value < 1 ? 0.5 : Number.isInteger(value) ? 2 : 1.5;
}
