import type { JsonObject } from '../../upstream/dialects/dialect.js';
import { isObject, objectAt, stringAt } from '../../kit/json.js';

/** The JSON schema that the answer's text has to fit; `undefined` where none was asked for. */
export function askedSchema(request: JsonObject): unknown {
  // OpenAI's chat completions; responses; Anthropic's messages, as they are and as they were in beta.
  const format =
    objectAt(request, 'response_format') ??
    objectAt(objectAt(request, 'text') ?? {}, 'format') ??
    objectAt(objectAt(request, 'output_config') ?? {}, 'format') ??
    objectAt(request, 'output_format');
  if (format?.['type'] === 'json_object') return { type: 'object' };
  return format?.['type'] === 'json_schema' ? (objectAt(format, 'json_schema') ?? format)['schema'] : undefined;
}

/** Name of the one tool that the answer has to call, if there is one. */
export function forcedTool(request: JsonObject): string | undefined {
  const choice = objectAt(request, 'tool_choice');
  return choice && stringAt(objectAt(choice, 'function') ?? choice, 'name');
}

/** The tools that an answer may call. */
export interface OfferedTools {
  /** By name; `undefined` for a tool that takes anything. */
  readonly schemas: ReadonlyMap<string, unknown>;
  /** Whether these are all that there are: some stand where only the provider sees them. */
  readonly isWhole: boolean;
}

export function offeredTools(request: JsonObject): OfferedTools {
  const { tools, prompt, previous_response_id } = request;
  const listed: readonly unknown[] = Array.isArray(tools) ? tools : [];
  const schemas = new Map<string, unknown>();
  let isWhole = prompt === undefined && previous_response_id === undefined;
  for (const tool of listed) {
    const described = isObject(tool) ? (objectAt(tool, 'function') ?? tool) : {};
    const name = stringAt(described, 'name');
    if (name === undefined) isWhole = false;
    else schemas.set(name, described['parameters'] ?? described['input_schema'] ?? undefined);
  }
  return { schemas, isWhole };
}
