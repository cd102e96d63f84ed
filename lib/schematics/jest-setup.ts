import { objectAt, stringAt, type JsonObject } from '../kit/json.js';
import type { AppLayout } from './app-layout.js';
import { createOnce, jsonOf, overwriteJson, textOf, type Tree } from './tree.js';

const NODE_OF_JEST = 'node --experimental-vm-modules ./node_modules/jest/bin/jest.js';

/** Jest loads ES modules, as this package is one, only from tests that are ES modules themselves. */
const ES_MODULES = {
  extends: '',
  compilerOptions: { module: 'esnext', moduleResolution: 'bundler', isolatedModules: true },
};

/** Files of its own are named as the CLI names them. */
const FRESH: JsonObject = {
  moduleFileExtensions: ['js', 'json', 'ts'],
  rootDir: '.',
  testEnvironment: 'node',
  testRegex: '.e2e-spec.ts$',
  transform: { '^.+\\.(t|j)s$': 'ts-jest' },
};

/**
 * Has end-to-end tests run as ES modules. Answers with the scripts of the manifest, or with `undefined` where the
 * configuration is another than the CLI's: that one is left alone.
 */
export function runAsModules(tree: Tree, { tests, manifest }: AppLayout): JsonObject | undefined {
  const path = `${tests}/jest-e2e.json`;
  const scripts = objectAt(manifest, 'scripts') ?? {};
  if (textOf(tree, path) === undefined && stringAt(scripts, 'test:e2e') !== undefined) return undefined;
  createOnce(tree, path, JSON.stringify(FRESH));
  const config = jsonOf(tree, path);
  const transform = config && objectAt(config, 'transform');
  if (!config || !transform) return undefined;
  const [pattern] = Object.entries(transform).find(([, by]) => by === 'ts-jest') ?? [];
  if (pattern === undefined) return config['extensionsToTreatAsEsm'] ? scripts : undefined;

  const settings = `${tests}/tsconfig.e2e.json`;
  const extended = `${'../'.repeat(tests.split('/').length - 1)}tsconfig.json`;
  createOnce(tree, settings, `${JSON.stringify({ ...ES_MODULES, extends: extended }, null, 2)}\n`);
  overwriteJson(tree, path, {
    ...config,
    extensionsToTreatAsEsm: ['.ts'],
    moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1', ...objectAt(config, 'moduleNameMapper') },
    transform: { ...transform, [pattern]: ['ts-jest', { useESM: true, tsconfig: `.${settings}` }] },
  });
  const script = stringAt(scripts, 'test:e2e') ?? `jest --config .${path}`;
  return { ...scripts, 'test:e2e': script.replace(/^jest\b/, NODE_OF_JEST) };
}
