import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { readJournal } from '../../journal/journal-lines.js';
import { EXIT, usage } from '../cli-error.js';
import { outputTo } from '../output.js';
import { entryLines, replayJournal, stateLine } from '../replay-report.js';

interface ReplayOptions {
  readonly journal: string;
  readonly route?: string;
  readonly json?: boolean;
}

/** `replay`: reads a journal file and repeats each decision in it. Needs no server. */
export function addReplay(program: Command): void {
  program
    .command('replay')
    .description(
      'read a journal file: the figures and verdicts of each gate, each decision, and whether it would be the same again',
    )
    .requiredOption('--journal <file>', 'the file; it may be in use')
    .option('--route <alias>', 'one route (default: all)')
    .option('--json', 'one JSON document on stdout, nothing else')
    .action(run);
}

function run({ journal, route, json }: ReplayOptions): void {
  const output = outputTo(process.stdout, json === true);
  const text = readJournal(bytesOf(journal), journal);
  const { entries, decisions, routes, revision } = replayJournal(text, route);
  if (routes.length === 0) throw usage(`${journal} does not have this route.`, 'Omit --route to see all routes.');

  for (const entry of entries) for (const line of entryLines(entry, decisions.get(entry))) output.line(line);
  output.line();
  for (const state of routes) output.line(stateLine(state));
  const all = [...decisions];
  const count = (verdict: string): number => all.filter(([, replay]) => replay.verdict === verdict).length;
  const [same, different, unrecorded] = [count('same'), count('different'), count('unrecorded')];
  output.line(`${all.length} decisions: ${same} the same again, ${different} different, ${unrecorded} without figures`);
  output.document({
    journal,
    revision,
    same,
    different,
    unrecorded,
    decisions: all.map(([entry, replay]) => ({ ...entry, replay })),
    routes,
  });
  if (different > 0) process.exitCode = EXIT.refused;
}

/** @throws {CliError} */
function bytesOf(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    throw usage(`${path} cannot be read (${code}).`, 'Check the path of --journal.');
  }
}
