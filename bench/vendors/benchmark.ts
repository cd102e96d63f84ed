import { parseArgs } from 'node:util';
import { CALLERS } from './callers/callers.js';
import { cellsOf, type Cell } from './cells.js';
import { UPSTREAMS } from './upstreams.js';

/**
 * Every caller at every vendor: what the vendor got, and what the SDK returned. `--only` chooses exercises by a part of
 * their names, `--vendor` a vendor. Returns 1 when something was lost.
 */
export async function vendors(args: readonly string[]): Promise<number> {
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

/** Passed and unsupported cells of all. */
function tally(cells: readonly Cell[]): string {
  const passed = cells.filter(({ outcome }) => outcome === 'passed').length;
  const unsupported = cells.filter(({ outcome }) => outcome === 'unsupported').length;
  return `${passed} + ${unsupported} of ${cells.length}`;
}
