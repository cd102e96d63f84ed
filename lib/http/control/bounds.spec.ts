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
    const has = (...names: string[]) => names.some((name) => node[name] !== undefined);
    if (!has('minimum', 'exclusiveMinimum') || !has('maximum', 'exclusiveMaximum')) own.push(path);
  }
  // Any JSON: parameters of a model, metadata of people. Their length is bounded instead.
  const parts = Object.entries(node).filter(([key]) => key !== '$defs');
  return [...own, ...parts.flatMap(([key, part]) => unbounded(part, `${path}.${key}`))];
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
