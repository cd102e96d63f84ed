import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { parseOptions } from '../lib/options/parse-options.js';
import { longForm, shortForm } from '../lib/options/blue-green-options.js';
import { duration } from '../lib/validation/duration.js';
import { pair } from './support/options.js';
import { read } from './support/docs/pages.js';

const ROW = /^\| `([\w.*[\]]+)`(?: [†‡])? +\| (.*?) +\| /gm;

/**
 * What stands elsewhere: gates have a table of their own, and an environment's timeouts and network are the route's
 * again.
 */
const ELSEWHERE = /^(rollout\.gates\[\]|environments\.\*\.(timeouts|network)\.)/;

interface Found {
  readonly isLeaf: boolean;
  readonly fallback: unknown;
}

describe('docs/options.md', () => {
  const rows = new Map([...read('docs/options.md').matchAll(ROW)].map(([, path, value]) => [path!, value!]));
  // The routes of the long form have the options of the short form again.
  const longOnly = optionsIn(longForm).filter(([path]) => !path.startsWith('routes.'));
  const found = new Map([...longOnly, ...optionsIn(shortForm)]);
  const own = [...found].filter(([path]) => !ELSEWHERE.test(path));

  test('has a row for every option, and none for anything else', () => {
    const mounts = ['gateway', 'controlApi', 'dashboard', 'prometheus', 'healthController'];
    const beside = new Set(['isGlobal', ...mounts, 'decorators']);
    expect(own.length).toBeGreaterThan(120);
    expect(own.filter(([path, { isLeaf }]) => isLeaf && !rows.has(path)).map(([path]) => path)).toEqual([]);
    expect([...rows.keys()].filter((path) => !found.has(path) && !beside.has(path))).toEqual([]);
  });

  test('has the defaults that hold', () => {
    const { plan, ...rollout } = parseOptions({ environments: pair }).routes.get('default')!.rollout;
    const filled = { rollout: { ...plan, ...rollout } };
    const compared = own.flatMap(([path, { fallback }]) => {
      const cell = rows.get(path);
      const value = fallback ?? valueAt(filled, path);
      if (cell === undefined || value === undefined || (fallback === undefined && typeof value === 'object')) return [];
      return [[path, ...[cell.replace(/^`(.*)`$/, '$1'), textOf(value)].map(inMilliseconds)]];
    });
    expect(compared.length).toBeGreaterThan(60);
    expect(compared.filter(([, written, real]) => written !== real)).toEqual([]);
  });

  test('promises no default where the schema has none', () => {
    const promised = own.filter(
      ([path, { fallback }]) => fallback === undefined && /^`.*`$/.test(rows.get(path) ?? ''),
    );
    // The defaults of a schedule stand where schedules are read.
    expect(promised.map(([path]) => path).filter((path) => !path.startsWith('rollout.'))).toEqual([]);
  });
});

/** Every path of a schema, with what holds where nothing is given: an empty list or object is no default to tell. */
function optionsIn(schema: unknown, path = '', fallback?: unknown): [string, Found][] {
  if (!(schema instanceof z.ZodType)) return [];
  const def = schema.def as Partial<
    Record<'shape' | 'innerType' | 'element' | 'valueType' | 'in' | 'defaultValue', unknown>
  > & {
    readonly options?: readonly unknown[];
  };
  const value = fallback ?? def.defaultValue ?? schema.meta()?.['default'];
  const below = [
    ...Object.entries(def.shape ?? {}).flatMap(([key, inner]) =>
      optionsIn(inner, path === '' ? key : `${path}.${key}`),
    ),
    ...(def.element === undefined ? [] : optionsIn(def.element, `${path}[]`)),
    ...(def.valueType === undefined ? [] : optionsIn(def.valueType, `${path}.*`)),
  ];
  const same = [def.innerType, def.in, ...(def.options ?? [])].filter((inner) => inner !== undefined);
  const inside = same.flatMap((inner) => optionsIn(inner, path, value));
  const all = new Map([...below, ...inside].filter(([name, { isLeaf }]) => !(isLeaf && /(\[\]|\.\*)$/.test(name))));
  const isEmpty = typeof value === 'object' && value !== null && Object.keys(value).length === 0;
  const isLeaf = [...all.keys()].every((name) => name === path);
  all.set(path, { isLeaf, fallback: isEmpty ? all.get(path)?.fallback : (value ?? all.get(path)?.fallback) });
  return [...all].filter(([name]) => name !== '');
}

function valueAt(value: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((at, key) => (typeof at === 'object' && at !== null ? Reflect.get(at, key) : undefined), value);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value).replaceAll(',', ', ');
}

/** `5s` is 5000. */
function inMilliseconds(text: string): string {
  const { success, data } = duration.safeParse(text);
  return success ? String(data) : text;
}
