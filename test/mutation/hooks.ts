import { readFile } from 'node:fs/promises';
import type { InitializeHook, LoadHook, ResolveHook } from 'node:module';
import type { Instead } from './register.js';

let files = new Set<string>();
let instead: Instead;

export const initialize: InitializeHook<Instead> = (data) => {
  instead = data;
  files = new Set(data.files);
};

export const resolve: ResolveHook = (specifier, context, next) =>
  specifier === '@jest/globals' ? { url: instead.jestGlobals, shortCircuit: true } : next(specifier, context);

/** The instrumented file instead of the one that `tsc` wrote. */
export const load: LoadHook = async (url, context, next) => {
  const file = url.startsWith(instead.dist) ? url.slice(instead.dist.length) : '';
  if (!files.has(file)) return next(url, context);
  return { format: 'module', source: await readFile(new URL(file, instead.instrumented)), shortCircuit: true };
};
