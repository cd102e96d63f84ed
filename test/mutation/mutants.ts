import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { instrument } from './instrument.js';

export interface Mutant {
  id: number;
  room: string;
  /** The compiled file, relative to `dist/`. */
  file: string;
  /** `lib/domain/x.ts:12`. */
  where: string;
  operator: string;
  /** `a < b → a <= b` */
  change: string;
}

export const DIST = new URL('../../', import.meta.url);
export const INSTRUMENTED = new URL('mutants/', DIST);

/** Writes every compiled file of these rooms anew, with all its mutants in it. */
export function writeMutants(rooms: readonly string[]): Mutant[] {
  rmSync(INSTRUMENTED, { recursive: true, force: true });
  const mutants: Mutant[] = [];
  for (const room of rooms) {
    for (const file of filesBelow(`lib/${room}`)) {
      const source = readFileSync(new URL(file, DIST), 'utf8');
      const map = new SourceMap(JSON.parse(readFileSync(new URL(`${file}.map`, DIST), 'utf8')));
      const { code, mutations } = instrument(source, mutants.length);
      const target = new URL(file, INSTRUMENTED);
      mkdirSync(dirname(fileURLToPath(target)), { recursive: true });
      writeFileSync(target, code);
      for (const { at, operator, original, replacement } of mutations) {
        const before = source.slice(0, at).split('\n');
        const found = map.findEntry(before.length - 1, before.at(-1)?.length ?? 0);
        const line = 'originalLine' in found ? found.originalLine + 1 : '?';
        mutants.push({
          id: mutants.length,
          room,
          file,
          where: `${file.replace(/js$/, 'ts')}:${line}`,
          operator,
          change: `${short(original)} → ${short(replacement) || 'nothing'}`,
        });
      }
    }
  }
  return mutants;
}

function filesBelow(directory: string): string[] {
  return readdirSync(new URL(directory, DIST), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.js') && !/\.(spec|contract)\.js$/.test(file))
    .map((file) => `${directory}/${file}`)
    .toSorted();
}

function short(code: string): string {
  const line = code.replaceAll(/\s+/g, ' ');
  return line.length <= 70 ? line : `${line.slice(0, 45)} … ${line.slice(-20)}`;
}
