import { dirname } from 'node:path/posix';
import { objectAt, type JsonObject } from '../kit/json.js';
import { jsonOf, sourcesIn, textOf, type Tree } from './tree.js';

const EXPRESS = '@nestjs/platform-express';
const FASTIFY = '@nestjs/platform-fastify';

/** The parts of an app that shape the additions. */
export interface AppLayout {
  readonly manifest: JsonObject;
  /** Folders without a slash at the end. */
  readonly source: string;
  readonly tests: string;
  /** From the tests to the sources. */
  readonly fromTests: string;
  readonly isModule: boolean;
  /** Of imports of files: `.js` where the app writes it. */
  readonly extension: '' | '.js';
  readonly isFastify: boolean;
  readonly runner: 'vitest' | 'jest';
  readonly nest: 11 | 12;
  readonly has: {
    readonly blueGreen: boolean;
    readonly schedule: boolean;
    readonly health: boolean;
    readonly chat: boolean;
  };
  readonly packageManager: 'npm' | 'yarn' | 'pnpm' | 'bun';
}

/** @throws {Error} where there is no app module in TypeScript. */
export function layoutOf(tree: Tree, sourceRoot: string): AppLayout {
  const source = `/${sourceRoot.replaceAll('\\', '/').replaceAll(/^[./]+|\/+$/g, '')}`;
  const parent = dirname(source);
  const manifest = jsonOf(tree, '/package.json') ?? {};
  const appModule = textOf(tree, `${source}/app.module.ts`);
  if (appModule === undefined) throw new Error(`There is no ${source.slice(1)}/app.module.ts. ${BY_HAND}`);
  const packages = { ...objectAt(manifest, 'devDependencies'), ...objectAt(manifest, 'dependencies') };
  const isModule = manifest['type'] === 'module';
  const sources = sourcesIn(tree, source).join('\n');
  return {
    manifest,
    source,
    tests: `${parent === '/' ? '' : parent}/test`,
    fromTests: `../${source.slice(parent === '/' ? 1 : parent.length + 1)}`,
    isModule,
    extension: isModule || /from\s+['"]\.[^'"]*\.js['"]/.test(appModule) ? '.js' : '',
    isFastify: FASTIFY in packages && !(EXPRESS in packages),
    runner: 'vitest' in packages ? 'vitest' : 'jest',
    nest: /^\D*11\b/.test(String(packages['@nestjs/core'])) ? 11 : 12,
    has: {
      blueGreen: /\bBlueGreenModule\b/.test(sources),
      schedule: /\bScheduleModule\s*\.\s*forRoot\b/.test(sources),
      health: /@Controller\(\s*['"`]\/?health\b/.test(sources),
      chat: /@Controller\(\s*['"`]\/?chat\b/.test(sources),
    },
    packageManager: managerOf(tree),
  };
}

export const BY_HAND = 'Add the module by hand: the README of nestjs-blue-green has a first app.';

function managerOf(tree: Tree): AppLayout['packageManager'] {
  const { subfiles } = tree.getDir('/');
  if (subfiles.includes('pnpm-lock.yaml')) return 'pnpm';
  if (subfiles.includes('yarn.lock')) return 'yarn';
  return subfiles.some((name) => name.startsWith('bun.lock')) ? 'bun' : 'npm';
}
