import { expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const kept = (name: string): string => readFileSync(new URL(`../../../docs/images/${name}`, import.meta.url), 'utf8');

/** In a process of its own, which is twenty times as fast as in Jest's context. */
test('the plots in docs/images are drawn again to the same bytes by npm run plots', () => {
  const folder = mkdtempSync(join(tmpdir(), 'plots-'));
  try {
    execFileSync(process.execPath, [fileURLToPath(new URL('main.js', import.meta.url)), folder]);
    const drawn = readdirSync(folder);
    expect(drawn.toSorted()).toEqual(['bet.svg', 'how-soon.svg', 'looking.svg']);
    for (const name of drawn) expect(readFileSync(join(folder, name), 'utf8') === kept(name)).toBe(true);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
