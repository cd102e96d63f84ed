import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const MB = 1_000_000;

interface Locked {
  readonly version: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly license?: string;
  readonly hasInstallScript?: boolean;
  readonly dev?: boolean;
}

const read = (path: string): unknown => JSON.parse(readFileSync(join(ROOT, path), 'utf8'));
const { packages } = read('package-lock.json') as { packages: Record<string, Locked> };
const locked = Object.entries(packages).filter(([path]) => path !== '');
const atRunTime = locked.filter(([, { dev }]) => !dev);

describe('The lockfile', () => {
  test('has the hash of every package, and no address but that of the registry', () => {
    const unsure = locked.filter(([, { integrity }]) => !integrity?.startsWith('sha512-'));
    const foreign = locked.filter(([, { resolved = '' }]) => !/^(https:\/\/registry\.npmjs\.org\/.*)?$/.test(resolved));
    expect({ unsure, foreign }).toEqual({ unsure: [], foreign: [] });
  });

  test('has no package with an install script but these, which development needs and which do without it', () => {
    const withScript = locked.filter(([, { hasInstallScript }]) => hasInstallScript).map(([path]) => path);
    expect(withScript).toEqual(['node_modules/@parcel/watcher', 'node_modules/esbuild', 'node_modules/unrs-resolver']);
    expect(atRunTime.filter(([, { hasInstallScript }]) => hasInstallScript)).toEqual([]);
  });
});

describe('What an app installs with us', () => {
  test('is no more than 16 packages of no more than 16 MB', () => {
    const bytes = atRunTime.reduce((sum, [path]) => sum + sizeOf(join(ROOT, path)), 0);
    expect(atRunTime.length).toBeLessThanOrEqual(16);
    expect(bytes).toBeLessThanOrEqual(16 * MB);
  });

  test('is under licences that ask for nothing but their text', () => {
    const licences = new Set(atRunTime.map(([, { license }]) => license));
    expect([...licences].filter((name) => !['MIT', 'ISC', 'Apache-2.0', 'BSD-3-Clause'].includes(name ?? ''))).toEqual(
      [],
    );
  });
});

function sizeOf(folder: string): number {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
}
