import { parseArgs } from 'node:util';
import { CALLERS } from './callers/callers.js';
import { cellsOf, type Cell } from './cells.js';
import { costs } from './cost.js';
import { UPSTREAMS } from './upstreams.js';

/**
 * Every caller at every vendor: what the vendor got, and what the SDK returned. `--only` chooses exercises by a part of
 * their names, `--vendor` a vendor; `--cost` measures what translations add instead. Returns 1 when something was lost,
 * or when one costs too much.
 */
export async function vendors(args: readonly string[]): Promise<number> {
  if (args.includes('--cost')) return printCosts();
  const options = { only: { type: 'string', default: '' }, vendor: { type: 'string', default: '' } } as const;
  const { values } = parseArgs({ args: [...args], options });
  const cells: Cell[] = [];
  const chosen = UPSTREAMS.filter(({ name }) => name.toLowerCase().includes(values.vendor.toLowerCase()));
  for (const upstream of chosen) cells.push(...(await cellsOf(upstream, values.only)));
  console.log(`| caller | ${chosen.map(({ name }) => name).join(' | ')} |`);
  console.log(`| --- |${' --- |'.repeat(chosen.length)}`);
  for (const { name } of CALLERS) {
    const columns = chosen.map((upstream) =>
      tally(cells.filter(({ caller, upstream: at }) => caller === name && at === upstream.name)),
    );
    console.log(`| ${[name, ...columns].join(' | ')} |`);
  }
  for (const outcome of ['unsupported', 'lost'] as const) {
    const found = cells.filter((cell) => cell.outcome === outcome);
    if (found.length > 0) console.log(`\n${outcome}:`);
    for (const { caller, upstream, exercise, detail } of found) {
      console.log(`  ${caller} → ${upstream}, ${exercise}: ${detail}`);
    }
  }
  const count = (outcome: Cell['outcome']) => cells.filter((cell) => cell.outcome === outcome).length;
  const [passed, unsupported, lost] = [count('passed'), count('unsupported'), count('lost')];
  console.log(`\n${JSON.stringify({ cells: cells.length, passed, unsupported, lost })}`);
  return lost === 0 ? 0 : 1;
}

/** Microseconds that a translation may add, p50. */
const LIMITS = { call: 100, chunk: 30 };

async function printCosts(): Promise<number> {
  const all = await costs();
  console.log('| caller | upstream | a JSON call | a chunk |\n| --- | --- | --- | --- |');
  for (const { from, to, call, chunk } of all) {
    console.log(`| ${from} | ${to} | ${call.toFixed(0)} µs | ${chunk.toFixed(1)} µs |`);
  }
  const most = { call: Math.max(...all.map(({ call }) => call)), chunk: Math.max(...all.map(({ chunk }) => chunk)) };
  console.log(`\n${JSON.stringify({ callP50Us: Math.round(most.call), chunkP50Us: Number(most.chunk.toFixed(1)) })}`);
  return most.call <= LIMITS.call && most.chunk <= LIMITS.chunk ? 0 : 1;
}

/** Passed and unsupported cells of all. */
function tally(cells: readonly Cell[]): string {
  const passed = cells.filter(({ outcome }) => outcome === 'passed').length;
  const unsupported = cells.filter(({ outcome }) => outcome === 'unsupported').length;
  return `${passed} + ${unsupported} of ${cells.length}`;
}
