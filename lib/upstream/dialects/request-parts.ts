import { isObject, objectAt, stringAt, type JsonObject } from '../../kit/json.js';
import type { OfferedTools } from './readings.js';

/** A conversation as text. `input`: turns, or the one text that the user said. */
export function conversationText(instructions: unknown, input: unknown): string {
  const system = contentText(instructions);
  const turns = typeof input === 'string' ? [`user: ${input}`] : objectsIn(input).map(turnText);
  return [...(system === '' ? [] : [`system: ${system}`]), ...turns].join('\n\n');
}

function turnText(item: JsonObject): string {
  const role = stringAt(item, 'role') ?? stringAt(item, 'type') ?? 'message';
  const calls = objectsIn(item['tool_calls']).map((call) => `[calls ${JSON.stringify(call['function'] ?? call)}]`);
  const content = contentText(item['content'] ?? item['output'] ?? item['arguments']);
  return `${role}: ${[content, ...calls].filter(Boolean).join('\n')}`;
}

/** A string, or parts of which some are text; the others by their kind alone. */
function contentText(content: unknown): string {
  if (typeof content === 'string') return content;
  return objectsIn(content)
    .map((part) => stringAt(part, 'text') ?? `[${stringAt(part, 'type') ?? 'part'}]`)
    .join('\n');
}

/** The schema in what all formats call a format: `json_object`, or `json_schema` with the schema in it. */
export function schemaIn(format: JsonObject | undefined): unknown {
  if (format?.['type'] === 'json_object') return { type: 'object' };
  return format?.['type'] === 'json_schema' ? (objectAt(format, 'json_schema') ?? format)['schema'] : undefined;
}

/** @param described where a tool has its name and its schema. */
export function toolsIn(
  tools: unknown,
  schemaField: string,
  described: (tool: JsonObject) => JsonObject | undefined = (tool) => tool,
): OfferedTools {
  const schemas = new Map<string, unknown>();
  let isWhole = true;
  for (const tool of Array.isArray(tools) ? (tools as unknown[]) : []) {
    const description = isObject(tool) ? described(tool) : undefined;
    const name = description && stringAt(description, 'name');
    if (name === undefined) isWhole = false;
    else schemas.set(name, description?.[schemaField] ?? undefined);
  }
  return { schemas, isWhole };
}

export function objectsIn(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}
