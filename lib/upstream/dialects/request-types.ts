import { isObject, type JsonObject } from '../../kit/json.js';
import type { Dialect } from './dialect.js';

/** A field of a request that has another type than its format gives it. */
interface WrongField {
  readonly field: string;
  /** The expected type. */
  readonly wants: string;
}

interface FieldType {
  readonly wants: string;
  readonly matches: (value: unknown) => boolean;
}

/** Some servers take -1 for "no limit". */
const TOKENS = { wants: 'a whole number', matches: (value: unknown) => isWhole(value, -1, 2 ** 31 - 1) };
const ANSWERS = { wants: 'a whole number from 1 to 1024', matches: (value: unknown) => isWhole(value, 1, 1_024) };
const FLAG = { wants: 'true or false', matches: (value: unknown) => typeof value === 'boolean' };
const NUMBER = { wants: 'a number', matches: (value: unknown) => Number.isFinite(value) };
const LIST = { wants: 'a list', matches: Array.isArray };
const OBJECT = { wants: 'an object', matches: isObject };

/** Fields with the same type in every format that has them. All others pass as they are. */
const SHARED: Readonly<Record<string, FieldType>> = {
  stream: FLAG,
  n: ANSWERS,
  temperature: NUMBER,
  top_p: NUMBER,
  stream_options: OBJECT,
};

/**
 * The first field of the wrong type among those that decide what is sent and when an answer is whole. A provider's
 * answer to it would be charged to the provider.
 */
export function wrongField(dialect: Dialect, body: JsonObject): WrongField | undefined {
  for (const { field, type } of typesOf(dialect)) {
    const value = body[field];
    // Formats take null for "left out".
    if (value !== undefined && value !== null && !type.matches(value)) return { field, wants: type.wants };
  }
  return undefined;
}

interface TypedField {
  readonly field: string;
  readonly type: FieldType;
}

const types = new WeakMap<Dialect, readonly TypedField[]>();

function typesOf(dialect: Dialect): readonly TypedField[] {
  let known = types.get(dialect);
  if (!known) {
    known = [
      ...Object.entries(SHARED).map(([field, type]) => ({ field, type })),
      ...dialect.limitFields.map((field) => ({ field, type: TOKENS })),
      ...dialect.toolFields.map((field) => ({ field, type: LIST })),
    ];
    types.set(dialect, known);
  }
  return known;
}

function isWhole(value: unknown, least: number, most: number): boolean {
  return Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
}
