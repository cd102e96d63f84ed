import { z } from 'zod';
import { written } from '../../validation/duration.js';
import { snakePath } from '../control/snake-case.js';

const IN_SNAKE_CASE = 'x-in-snake-case';

/** Names and descriptions of schemas. Not in zod's global registry, which belongs to the app. */
const KNOWN = z.registry<{ id?: string; description?: string; [IN_SNAKE_CASE]?: true }>();

/** Lists a schema once in the document, under this name. */
export function named<Schema extends z.ZodType>(id: string, schema: Schema): Schema {
  KNOWN.add(schema, { id });
  return schema;
}

export function described<Schema extends z.ZodType>(description: string, schema: Schema): Schema {
  KNOWN.add(schema, { description });
  return schema;
}

/** A schema of options: its names are in snake case on the wire. */
export function inSnakeCase<Schema extends z.ZodType>(schema: Schema): Schema {
  KNOWN.add(schema, { [IN_SNAKE_CASE]: true });
  return schema;
}

export type JsonSchema = Readonly<Record<string, unknown>>;

/** Writes schemas as JSON Schema and collects the components that they refer to. */
export class SchemaWriter {
  readonly #components: Record<string, JsonSchema> = {};

  get components(): Readonly<Record<string, JsonSchema>> {
    return Object.fromEntries(Object.entries(this.#components).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** @param io `input`: a request; `output`: an answer. */
  write(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
    const json: unknown = z.toJSONSchema(schema, {
      io,
      metadata: KNOWN,
      unrepresentable: 'any',
      override: ({ zodSchema, jsonSchema }) => {
        if (zodSchema === written) Object.assign(jsonSchema, DURATION);
        delete jsonSchema.id;
        // The pattern of a date-time and the bounds of safe integers add nothing.
        if (jsonSchema.format === 'date-time') delete jsonSchema.pattern;
        if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
        if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
        // Answers may gain fields.
        if (io === 'output' && jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
      },
    });
    const {
      $schema: _,
      $defs = {},
      ...rest
    } = rewritten(json) as { $schema: string; $defs?: Record<string, JsonSchema> };
    for (const [id, inner] of Object.entries($defs)) this.#components[nameOf(id)] = isJson(id) ? ANY_JSON : inner;
    return rest;
  }
}

const DURATION = {
  type: ['number', 'string'],
  description: "Milliseconds, or a number with its unit: '500ms', '30s', '5m', '2h', '1d'.",
};

const ANY_JSON = { description: 'Any JSON value.' };

/** `z.json()` refers to itself, under a name that zod generates. */
function isJson(id: string): boolean {
  return id.startsWith('__schema');
}

function nameOf(id: string): string {
  return isJson(id) ? 'Json' : id;
}

/** Points references at the components of the document instead of the schema's own. */
function rewritten(json: unknown, around = false): unknown {
  if (Array.isArray(json)) return json.map((part) => rewritten(part, around));
  if (typeof json !== 'object' || json === null) return json;
  const { [IN_SNAKE_CASE]: here = around, ...rest } = json as JsonSchema;
  const snake = here === true;
  const entries = Object.entries(rest).map(([key, value]) => {
    const id = key === '$ref' && typeof value === 'string' ? value.slice('#/$defs/'.length) : undefined;
    if (id !== undefined) return [key, `#/components/schemas/${nameOf(id)}`];
    const inside = rewritten(value, snake);
    return [key, snake && (key === 'properties' || key === 'required') ? renamed(inside) : inside];
  });
  return Object.fromEntries(entries);
}

function renamed(properties: unknown): unknown {
  if (Array.isArray(properties)) return properties.map((name) => snakePath(String(name)));
  return Object.fromEntries(Object.entries(properties as object).map(([name, schema]) => [snakePath(name), schema]));
}
