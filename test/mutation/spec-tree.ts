/** Maybe asynchronous work of a spec: a test or a hook. */
type Work = () => unknown;
type Row = readonly unknown[];

/** A `describe`, or a whole spec. */
export interface Block {
  parent: Block | undefined;
  beforeAll: Work[];
  beforeEach: Work[];
  afterEach: Work[];
  afterAll: Work[];
  parts: (Block | Test)[];
}

export interface Test {
  name: string;
  parent: Block;
  run: Work;
}

let current = newBlock(undefined);

function newBlock(parent: Block | undefined): Block {
  return { parent, beforeAll: [], beforeEach: [], afterEach: [], afterAll: [], parts: [] };
}

/** Loads a spec and hands back the tests that it declares. */
export async function specOf(load: () => Promise<unknown>): Promise<Block> {
  const root = newBlock(undefined);
  current = root;
  await load();
  return root;
}

export function testsOf(block: Block): Test[] {
  return block.parts.flatMap((part) => ('run' in part ? [part] : testsOf(part)));
}

function describeOne(_name: string, declare: () => void): void {
  const block = newBlock(current);
  current.parts.push(block);
  current = block;
  try {
    declare();
  } finally {
    current = block.parent ?? current;
  }
}

function testOne(name: string, run: Work): void {
  current.parts.push({ name, parent: current, run });
}

/** A table's rows as arguments; names keep their placeholders. */
function overRows(declare: (name: string, body: (...args: unknown[]) => unknown, row: Row) => void) {
  return (rows: readonly unknown[]) =>
    (name: string, body: (...args: unknown[]) => unknown): void => {
      for (const row of rows) declare(name, body, Array.isArray(row) ? (row as Row) : [row]);
    };
}

export const describe = Object.assign(describeOne, {
  each: overRows((name, body, row) => describeOne(name, () => void body(...row))),
});
export const test = Object.assign(testOne, {
  each: overRows((name, body, row) => testOne(name, () => body(...row))),
});
export const beforeAll = (work: Work): void => void current.beforeAll.push(work);
export const beforeEach = (work: Work): void => void current.beforeEach.push(work);
export const afterEach = (work: Work): void => void current.afterEach.push(work);
export const afterAll = (work: Work): void => void current.afterAll.push(work);
