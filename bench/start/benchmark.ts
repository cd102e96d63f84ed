import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { stringify } from 'yaml';
import { median, rounded } from '../measured/figures.js';
import { ownProcessorTime, residentMemory } from '../measured/processor.js';
import { everything } from '../overhead/ours.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const BLOCK = 4_096;

interface Start {
  /** Milliseconds of processor time, and by the clock, until it takes calls. */
  readonly cpu: number;
  readonly wall: number;
  readonly rss: number;
}

/**
 * The time from `node` to a `serve` that takes calls, its memory then, and the room that the package takes: of the
 * modules as they are built, and of those that are published, in turns.
 *
 * @param args `--rounds 8`.
 */
export async function start(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: { rounds: { type: 'string' } } });
  execFileSync(process.execPath, [join(ROOT, 'build/package.mjs')], { stdio: 'inherit' });
  const mains = { built: join(ROOT, 'dist'), published: join(ROOT, 'package/dist') };
  const config = join(mkdtempSync(join(tmpdir(), 'blue-green-bench-start-')), 'blue-green.yaml');
  writeFileSync(config, stringify(everything(9)));
  const seen: Record<keyof typeof mains, Start[]> = { built: [], published: [] };
  const names = Object.keys(mains) as (keyof typeof mains)[];
  for (let n = 0; n < Number(values.rounds ?? 8); n++) {
    for (const name of n % 2 === 0 ? names : names.toReversed()) {
      seen[name].push(await started(join(mains[name], 'lib/cli/main.js'), config));
    }
  }
  console.log('            processor ms, least   median   by the clock ms, least   RSS MiB');
  for (const [name, starts] of Object.entries(seen)) {
    const cpu = starts.map((one) => one.cpu);
    console.log(
      name.padEnd(12) +
        Math.min(...cpu)
          .toFixed(0)
          .padStart(19) +
        median(cpu).toFixed(0).padStart(9) +
        Math.min(...starts.map(({ wall }) => wall))
          .toFixed(0)
          .padStart(25) +
        (median(starts.map(({ rss }) => rss)) / 1024 / 1024).toFixed(0).padStart(10),
    );
  }
  const sizes = sizesIn(join(ROOT, 'package'));
  const onDisk = sizes.reduce((sum, size) => sum + BLOCK * Math.ceil(size / BLOCK), 0);
  const figures = {
    cpuMs: Math.min(...seen.published.map(({ cpu }) => cpu)),
    rssMiB: rounded(median(seen.published.map(({ rss }) => rss)) / 1024 / 1024, 1),
    files: sizes.length,
    bytes: sizes.reduce((sum, size) => sum + size, 0),
    onDisk,
  };
  console.log(`\n${JSON.stringify(figures)}`);
  return 0;
}

async function started(main: string, config: string): Promise<Start> {
  const begun = performance.now();
  const args = [main, 'serve', '--config', config, '--port', '0', '--host', '127.0.0.1', '--json'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  await once(child.stdout, 'data');
  const wall = performance.now() - begun;
  const seen = { cpu: ownProcessorTime(child.pid!), wall, rss: residentMemory(child.pid!) };
  child.kill('SIGKILL');
  await once(child, 'exit');
  return seen;
}

function sizesIn(folder: string): number[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return entries.map(({ parentPath, name }) => statSync(join(parentPath, name)).size);
}
