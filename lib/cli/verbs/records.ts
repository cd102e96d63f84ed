import { setTimeout as pause } from 'node:timers/promises';
import type { Command } from 'commander';
import type { EntryAnswer } from '../../http/control/answers/records.js';
import { CliError, EXIT, usage } from '../cli-error.js';
import { plain } from '../../kit/plain.js';
import { momentOf, table, type Output } from '../output.js';
import { Session, wholeNumber, withRoute, type CommonOptions } from '../session.js';

interface RecordOptions extends CommonOptions {
  readonly fromRevision?: number;
  readonly limit: number;
  readonly follow?: boolean;
}

/** Reconnects in a row without an event, a second apart, before it gives up. */
const PATIENCE = 15;

/** `audit`: the journal so far. `events`: its news. */
export function addRecords(program: Command): void {
  const audit = program.command('audit').description('every change: who, when, why and on which figures');
  withRoute(audit)
    .option('--from-revision <n>', 'the first revision to show', wholeNumber)
    .option('--limit <n>', 'maximum number of entries', wholeNumber, 50)
    .action(async (options: RecordOptions) => showAudit(new Session(options), options));
  const events = program.command('events').description('the newest events; with --follow, each one as it happens');
  withRoute(events)
    .option('--follow', 'keep running and show each event at once (with --json: one document per line)')
    .option('--limit <n>', 'maximum number of events, without --follow', wholeNumber, 20)
    .action(async (options: RecordOptions) => {
      const session = new Session(options);
      await (options.follow === true ? follow(session) : showNewest(session, options));
    });
}

/** Entries searched for those of one route: one page of the server. */
const PAGE = 1_000;

/** The server lists entries from a revision on: the newest ones start this far from the end. */
async function showNewest(session: Session, { route, limit }: RecordOptions): Promise<void> {
  if (limit < 1 || limit > PAGE) throw usage('--limit is out of range.', `Use 1 to ${PAGE}.`);
  const { client, output } = session;
  const newest = Math.max(0, ...(await client.status()).map(({ revision }) => revision));
  const span = route === undefined ? limit : PAGE;
  const entries = await client.audit({ route, from_revision: Math.max(1, newest - span + 1), limit: span });
  show(output, entries.slice(-limit));
}

async function showAudit({ client, output }: Session, { route, fromRevision, limit }: RecordOptions): Promise<void> {
  if (limit < 1) throw usage('--limit is too small.', 'Use at least 1.');
  show(output, await client.audit({ route, from_revision: fromRevision, limit }));
}

function show(output: Output, entries: readonly EntryAnswer[]): void {
  output.document({ entries });
  for (const line of table(['revision', 'when', 'route', 'what', 'who', 'why'], entries.map(cells))) output.line(line);
}

async function follow({ client, options: { route, json } }: Session): Promise<void> {
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  process.once('SIGTERM', () => stop.abort());
  let last: string | undefined;
  for (let failed = 0; !stop.signal.aborted;) {
    try {
      for await (const entry of client.events(last, stop.signal)) {
        failed = 0;
        last = String(entry.revision);
        if (route !== undefined && entry.route !== route) continue;
        process.stdout.write(json === true ? `${JSON.stringify(entry)}\n` : `${cells(entry).join('  ')}\n`);
      }
    } catch (error) {
      failed += 1;
      const passing = error instanceof CliError && error.exitCode === EXIT.unreachable;
      // A failed first attempt means a wrong address; later ones wait for a restarting server.
      if (!passing || last === undefined || failed >= PATIENCE) throw error;
    }
    await pause(1_000, undefined, { signal: stop.signal }).catch(() => undefined);
  }
}

function cells({ revision, at, route, type, actor, reason }: EntryAnswer): string[] {
  return [String(revision), momentOf(at), route ?? '–', type, actor, plain(reason)];
}
