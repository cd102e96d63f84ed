/** Breaks the code in one place at a time and counts how often a test notices. See README.md. */
import { parseArgs } from 'node:util';
import { seededRandom } from '../support/seeded-random.js';
import { DIST, INSTRUMENTED, writeMutants, type Mutant } from './mutants.js';
import type { Attempt, Tried } from './jobs.js';
import { Coverage } from './plan.js';
import { reportOf, type Result } from './report.js';
import { specsAbout } from './specs.js';
import { NO_MUTANT } from './switches.js';
import { WorkerProcess } from './worker-process.js';

const ROOMS = ['domain', 'analysis', 'routing'];

const { values: options } = parseArgs({
  options: {
    file: { type: 'string', default: '' },
    sample: { type: 'string', default: 'Infinity' },
    seed: { type: 'string', default: '1' },
    workers: { type: 'string', default: '2' },
  },
});

const mutants = writeMutants(ROOMS);
const chosen = ROOMS.flatMap((room) =>
  sampleOf(mutants.filter((one) => one.room === room && one.where.includes(options.file))),
);
const files = new Set(mutants.map(({ file }) => file));
const specs = specsAbout(new Set(chosen.map(({ file }) => file)));
const instead = {
  dist: DIST.href,
  instrumented: INSTRUMENTED.href,
  files: [...files],
  jestGlobals: new URL('jest-globals.js', import.meta.url).href,
};
const crew = Array.from({ length: Number(options.workers) }, () => new WorkerProcess(instead));

const coverage = new Coverage();
await each([...specs], 'specs measured', async (worker, [spec, loaded]) => {
  const measured = await worker.measure(spec);
  if (measured) coverage.add(measured, loaded);
  else coverage.failing.push(spec);
});
for (const failing of coverage.failing) say(`left out, it fails here without a mutant: ${failing}\n`);

const results = await each(chosen, 'mutants tried', tried);
for (const worker of crew) worker.end();
process.stdout.write(`${reportOf(results.toSorted((a, b) => a.id - b.id))}\n`);

async function tried(worker: WorkerProcess, mutant: Mutant): Promise<Result> {
  const plans = [
    { parts: coverage.of(mutant), fromStart: false },
    { parts: coverage.fromStart(mutant), fromStart: true },
  ].filter(({ parts }) => parts.length > 0);
  for (const plan of plans) {
    const job: Attempt = { name: 'try', mutant: mutant.id, ...plan };
    let outcome = await worker.attempt(job);
    // Once more in a process that no other mutant has been in.
    if (outcome.verdict === 'unsure') outcome = await worker.attempt(job);
    if (outcome.verdict === 'unsure') outcome = await judged(worker, job, outcome);
    if (outcome.verdict !== 'survived') return { ...mutant, ...outcome };
  }
  const verdict = plans.length > 0 ? 'survived' : 'uncovered';
  say(`${verdict} ${mutant.where} ${mutant.operator}: ${mutant.change}\n`);
  return { ...mutant, verdict };
}

/** What still fails when the mutant is off again is its work, when it is well in a process that never had it on. */
async function judged(worker: WorkerProcess, job: Attempt, { by }: Tried): Promise<Tried> {
  const { verdict } = await worker.attempt({ ...job, mutant: NO_MUTANT });
  if (verdict === 'survived') return { verdict: 'killed', by };
  say(`fails by itself in this order: ${by}\n`);
  return { verdict: 'survived' };
}

/** Does the work with as many at a time as there are workers, and says how far it is. */
async function each<Item, Done>(
  items: readonly Item[],
  what: string,
  work: (worker: WorkerProcess, item: Item) => Promise<Done>,
): Promise<Done[]> {
  const waiting = items.values();
  const done: Done[] = [];
  await Promise.all(
    crew.map(async (worker) => {
      for (const item of waiting) {
        done.push(await work(worker, item));
        if (process.stderr.isTTY || done.length % 100 === 0) say(`${done.length}/${items.length} ${what}\r`);
      }
    }),
  );
  say(`${done.length}/${items.length} ${what}\n`);
  return done;
}

function say(text: string): void {
  process.stderr.write(text);
}

/** A seeded choice, in no order: what is slow is not all at the end. */
function sampleOf(all: readonly Mutant[]): Mutant[] {
  const random = seededRandom(Number(options.seed));
  const drawn = all.map((mutant) => ({ mutant, place: random() })).toSorted((a, b) => a.place - b.place);
  return drawn.slice(0, Number(options.sample)).map(({ mutant }) => mutant);
}
