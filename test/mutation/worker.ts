import * as fc from 'fast-check';
import type { Job, Measured, Part, Tried } from './jobs.js';
import { switches } from './register.js';
import { runSpec } from './run-spec.js';
import { specOf, testsOf, type Block, type Test } from './spec-tree.js';

/** Hung is what these are for, not slow: ms for a test with no mutant on, and for one with. */
const PATIENCE = 30_000;
const patienceFor = ({ ms }: Part): number => 1500 + ms * 5;

// The same tries for every mutant, and no search for the smallest counterexample: nobody reads it.
fc.configureGlobal({ seed: 1, endOnFailure: true });

const specs = new Map<string, Block>();

async function load(spec: string): Promise<Block> {
  const known = specs.get(spec);
  if (known) return known;
  const root = await specOf(() => import(new URL(`../../${spec}`, import.meta.url).href));
  specs.set(spec, root);
  return root;
}

async function measure(spec: string): Promise<Measured> {
  switches.takeSeen();
  const root = await load(spec);
  const loading = switches.takeSeen();
  const tests = testsOf(root);
  const seen = new Map<Block | Test, Set<number>>();
  const begun = new Map<Block | Test, number>();
  const took = new Map<Test, number>();
  const failing = new Set<Test>();
  /** What is asked for belongs to everything that is under way: what a block's hooks ask for, to all its tests. */
  const book = (): void => {
    const mutants = switches.takeSeen();
    for (const part of begun.keys()) for (const mutant of mutants) seen.get(part)?.add(mutant);
  };
  const began = (part: Block | Test): void => {
    book();
    begun.set(part, performance.now());
    seen.set(part, seen.get(part) ?? new Set());
  };
  const ended = (part: Block | Test): void => {
    book();
    if ('run' in part) took.set(part, performance.now() - (begun.get(part) ?? 0));
    begun.delete(part);
  };
  let left = tests;
  while (left.length > 0) {
    const { failed } = await runSpec(root, new Set(left), PATIENCE, { began, ended });
    if (!failed) break;
    failing.add(failed);
    left = left.slice(left.indexOf(failed) + 1);
    begun.clear();
  }
  const mutantsOf = (test: Test): number[] => {
    const mutants = new Set(seen.get(test));
    for (let block: Block | undefined = test.parent; block; block = block.parent) {
      for (const mutant of seen.get(block) ?? []) mutants.add(mutant);
    }
    return [...mutants];
  };
  return {
    spec,
    loading,
    tests: tests.map((test) => ({
      name: test.name,
      ms: took.get(test) ?? 0,
      mutants: mutantsOf(test),
      isFailing: failing.has(test),
    })),
  };
}

async function attempt(mutant: number, parts: readonly Part[], fromStart: boolean): Promise<Tried> {
  for (const part of parts) {
    const patience = patienceFor(part);
    if (fromStart) switches.turnOn(mutant, patience);
    let root: Block;
    try {
      root = await load(part.spec);
    } catch {
      return { verdict: 'killed', by: `${part.spec}: loading it` };
    }
    const tests = testsOf(root);
    const wanted = new Set(part.tests.flatMap((index) => tests[index] ?? []));
    switches.turnOn(mutant, patience);
    const { failed, isTimeout } = await runSpec(root, wanted, patience);
    const isCircling = switches.turnOff();
    if (!failed) continue;
    const by = `${part.spec}: ${failed.name}`;
    if (isTimeout || isCircling) return { verdict: 'timeout', by };
    if (fromStart || (await passes(root, new Set([failed])))) return { verdict: 'killed', by };
    return { verdict: (await passes(root, wanted)) ? 'killed' : 'unsure', by };
  }
  return { verdict: 'survived' };
}

/** Whether it was the mutant: what it left behind in this process may make tests fail too. */
async function passes(root: Block, wanted: Set<Test>): Promise<boolean> {
  const { failed } = await runSpec(root, wanted, PATIENCE);
  return !failed;
}

process.on('message', (job: Job) => {
  const result = job.name === 'measure' ? measure(job.spec) : attempt(job.mutant, job.parts, job.fromStart);
  result.then(
    (value) => process.send?.(value),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
