import { testsOf, type Block, type Test } from './spec-tree.js';

/** How a run of one spec ended. `failed` is the first test that failed, or the hook around it. */
export interface SpecRun {
  failed?: Test;
  isTimeout?: boolean;
  error?: unknown;
}

export interface Watch {
  /** Before the hooks of a block or a test run, and after. */
  began?(part: Block | Test): void;
  ended?(part: Block | Test): void;
}

class TooLate extends Error {}

/** What the test's own code is: errors that nobody waits for fail the test they happen in. */
let strayed: ((error: unknown) => void) | undefined;
process.on('uncaughtException', (error) => strayed?.(error));
process.on('unhandledRejection', (error) => strayed?.(error));

/**
 * Runs the wanted tests of a spec, with the hooks around them, until one fails. `patience` is how long each test or
 * hook may take, in ms.
 */
export async function runSpec(root: Block, wanted: Set<Test>, patience: number, watch: Watch = {}): Promise<SpecRun> {
  let run: SpecRun = {};
  const attempt = async (work: readonly (() => unknown)[], blamed: Test): Promise<void> => {
    for (const one of work) {
      if (run.failed) return;
      try {
        await inTime(one, patience);
      } catch (error) {
        run = { failed: blamed, error, isTimeout: error instanceof TooLate };
      }
    }
  };
  /** Clearing up is done whatever has happened. */
  const clearUp = async (work: readonly (() => unknown)[], blamed: Test): Promise<void> => {
    const { failed } = run;
    const before = run;
    run = {};
    await attempt(work, blamed);
    if (failed) run = before;
  };
  const walk = async (block: Block): Promise<void> => {
    const first = testsOf(block).find((one) => wanted.has(one));
    if (!first) return;
    watch.began?.(block);
    await attempt(block.beforeAll, first);
    for (const part of block.parts) {
      if (run.failed) break;
      if (!('run' in part)) {
        await walk(part);
      } else if (wanted.has(part)) {
        const around = blocksAround(part);
        watch.began?.(part);
        await attempt([...around.toReversed().flatMap(({ beforeEach }) => beforeEach), part.run], part);
        await clearUp(
          around.flatMap(({ afterEach }) => afterEach),
          part,
        );
        watch.ended?.(part);
      }
    }
    await clearUp(block.afterAll, first);
    watch.ended?.(block);
  };
  await walk(root);
  return run;
}

/** From the inside out. */
function blocksAround({ parent }: Test): Block[] {
  const blocks: Block[] = [];
  for (let block: Block | undefined = parent; block; block = block.parent) blocks.push(block);
  return blocks;
}

const { setTimeout: after, clearTimeout: cancel } = globalThis;

async function inTime(work: () => unknown, patience: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const timer = after(() => reject(new TooLate()), patience);
    const done = (settle: () => void): void => {
      cancel(timer);
      strayed = undefined;
      settle();
    };
    strayed = (error) => done(() => reject(error));
    Promise.resolve()
      .then(work)
      .then(
        () => done(resolve),
        (error: unknown) => done(() => reject(error)),
      );
  });
}
