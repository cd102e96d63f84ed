import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { longForm, shortForm } from '../../options/blue-green-options.js';
import { duration } from '../../validation/duration.js';
import { endpointsOf } from '../openapi/endpoints.js';
import { CONTROL_CONTROLLERS } from './controllers.js';

/** Where a number, or a list, may be as large or as small as its sender likes. */
function unbounded(schema: unknown, path: string): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const node = schema as Record<string, unknown>;
  const own: string[] = [];
  if (node['type'] === 'number' || node['type'] === 'integer') {
    // The largest number that is an integer is one that nobody chose.
    const has = (...names: string[]) => names.some((name) => Math.abs(Number(node[name])) < Number.MAX_SAFE_INTEGER);
    if (!has('minimum', 'exclusiveMinimum') || !has('maximum', 'exclusiveMaximum')) own.push(path);
  }
  return [
    ...own,
    ...Object.entries(node).flatMap(([key, part]) => (isAnyJson(part) ? [] : unbounded(part, `${path}.${key}`))),
  ];
}

/**
 * Parameters of a model, metadata of people: their length is bounded instead. A schema of any JSON refers to itself.
 */
function isAnyJson(part: unknown): boolean {
  const types = ['string', 'number', 'boolean', 'null'].map((type) => ({ type }));
  const choices = (part as { anyOf?: readonly unknown[] } | null)?.anyOf ?? [];
  return types.every((type) => choices.some((choice) => JSON.stringify(choice) === JSON.stringify(type)));
}

const json = (schema: z.ZodType) => z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });

describe('Every number that somebody sends has two bounds', () => {
  const mounted = CONTROL_CONTROLLERS.map((controller) => ({ controller, path: '/' }));
  const schemas = endpointsOf(mounted).flatMap(({ path, operation }) =>
    [operation?.body, operation?.query].flatMap((schema) => (schema ? [[path, schema] as const] : [])),
  );

  test.each(schemas)('to %s', (path, schema) => {
    expect(unbounded(json(schema), path)).toEqual([]);
  });

  test.each([
    ['short', shortForm],
    ['long', longForm],
  ])('in options of the %s form', (name, schema) => {
    expect(unbounded(json(schema), name)).toEqual([]);
  });

  test.each([1e16, 1e300, '999999999999999d', '1e300'])('so does the time %s', (time) => {
    expect(duration.safeParse(time).success).toBe(false);
  });
});
