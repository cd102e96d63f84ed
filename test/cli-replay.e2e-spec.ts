import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JournalEntry } from 'nestjs-blue-green';
import { filter, firstValueFrom } from 'rxjs';
import { CanaryScheduler } from '../lib/rollout/canary-scheduler.js';
import { batchLine, readJournal, snapshotLine } from '../lib/journal/journal-lines.js';
import { reduce } from '../lib/domain/reduce.js';
import { emptyState } from '../lib/domain/state.js';
import { runCli } from './support/cli.js';
import { fail } from './support/fake-provider.js';
import { turn } from './support/rollouts.js';
import { REQUEST, Sending } from './support/sending.js';

const MINUTE = 60_000;
const PROMPT = REQUEST.messages[0]!.content;

let folder: string;
let source: string;

/** A green that is walked to its second step, on the way waits for traffic, and is reverted there. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'blue-green-replay-'));
  source = join(folder, 'source.jsonl');
  const quiet = { noTrafficGracePeriod: '4m' } as const;
  const sending = await Sending.start({
    options: {
      journal: { file: source },
      rollout: {
        steps: [
          { setWeight: 50, duration: '10m', ...quiet },
          { setWeight: 75, duration: '10h' },
        ],
        gates: [
          { kind: 'errorRate', tolerance: 0 },
          { kind: 'errorRate', max: 0.05, sequential: true },
          { kind: 'latency', quantile: 0.95, tolerance: 0.2 },
          { kind: 'latency', quantile: 0.99, max: '3s' },
          { kind: 'cost', tolerance: 0.2 },
        ],
        fastTrip: { consecutiveFailures: 0 },
      },
      prices: { 'blue-model': { input: 10, output: 20 }, 'green-model': { input: 10, output: 20 } },
      telemetry: { window: '5m' },
    },
  });
  const { rollouts, router, green, clock } = sending;
  const tick = () => sending.app.get(CanaryScheduler).tick();
  let user = 0;
  const ask = async (times: number): Promise<void> => {
    const calls = Array.from({ length: times }, () =>
      router.complete('chat', REQUEST, { key: `user-${user++}` }).catch(() => undefined),
    );
    await Promise.all(calls);
    await turn();
  };
  await ask(60);
  await rollouts.start('chat', { actor: 'ada', reason: 'a try' });
  clock.advance(5 * MINUTE);
  await tick();
  await ask(150);
  await tick();
  clock.advance(10 * MINUTE);
  await ask(20);
  await tick();
  await rollouts.pause('chat', { actor: 'bob', reason: 'lunch' });
  await rollouts.resume('chat', { actor: 'bob', reason: 'back' });
  green.always(fail(500));
  const end = firstValueFrom(rollouts.events$.pipe(filter(({ type }) => type === 'RolledBack')));
  await Promise.all([ask(60), end]);
  await sending.stop();
}, 20_000);
afterAll(() => rmSync(folder, { recursive: true }));

let file: string;
beforeEach(() => {
  file = join(folder, 'journal.jsonl');
  copyFileSync(source, file);
});
afterEach(() => rmSync(file));

const entriesIn = (path: string): readonly JournalEntry[] => readJournal(readFileSync(path), path).entries;
const replay = (...args: string[]) => runCli(['replay', '--journal', file, ...args]);

function withoutBasis(entry: JournalEntry): JournalEntry {
  return Object.fromEntries(Object.entries(entry).filter(([name]) => name !== 'basis')) as unknown as JournalEntry;
}

describe('replay', () => {
  test('shows what each gate saw and said, what was done, and that it would be done again', async () => {
    const { code, stdout, stderr } = await replay();
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^\d+ {2}\S+Z {2}chat {2}RolloutStarted {2}by ada: {2}a try$/m);
    expect(stdout).toMatch(/RolloutPaused {2}by system: {2}no request on "green"/);
    expect(stdout).toMatch(/^ +gate +verdict +observed +limit +canary +baseline +evidence$/m);
    expect(stdout).toMatch(/^ +error-rate-against-baseline +fail +.* of \d/m);
    expect(stdout).toMatch(/^ +replayed: same$/m);
    expect(stdout).toContain('chat: blue 100%, green 0%, backup 0%; blue is live; rollout to green: RolledBack');
    expect(stdout).toMatch(/\n4 decisions: 4 the same again, 0 different, 0 without figures\n$/);
  });

  test('as JSON is one document', async () => {
    const { code, stdout } = await replay('--json', '--route', 'chat');
    const document = JSON.parse(stdout) as { decisions: { type: string }[] };
    expect(code).toBe(0);
    expect(document).toMatchObject({ different: 0, unrecorded: 0, routes: [{ alias: 'chat', active: 'blue' }] });
    expect(document.decisions.map(({ type }) => type)).toEqual([
      'RolloutPaused',
      'RolloutResumed',
      'StepEntered',
      'RolloutAborted',
    ]);
  });

  test('ends with 1 when a decision comes out differently, and says in what', async () => {
    const entries = entriesIn(file).map((entry) => {
      if (entry.type !== 'RolloutAborted') return entry;
      return { ...entry, evidence: entry.evidence.map((gate) => ({ ...gate, verdict: 'pass' as const })) };
    });
    writeFileSync(file, batchLine(entries));
    const { code, stdout } = await replay();
    expect(code).toBe(1);
    expect(stdout).toContain('differs: error-rate-against-baseline: fail, the journal has pass');
    expect(stdout).toContain('3 the same again, 1 different');
  });

  test('of a journal of an earlier release shows what was said, and that nothing was kept to say it again', async () => {
    writeFileSync(file, batchLine(entriesIn(file).map(withoutBasis)));
    const { code, stdout } = await replay();
    expect(code).toBe(0);
    expect(stdout).toContain('replayed: not replayable: recorded without its figures');
    expect(stdout).toContain('0 the same again, 0 different, 4 without figures');
  });

  test('goes on from a snapshot, and passes over a line that was never finished', async () => {
    const entries = entriesIn(file);
    const at = entries.findIndex(({ type }) => type === 'StepEntered');
    const snapshot = entries.slice(0, at).reduce(reduce, emptyState);
    writeFileSync(file, `${snapshotLine(snapshot)}${batchLine(entries.slice(at))}12345678 [{"rev`);
    const { code, stdout } = await replay();
    expect([code, stdout.trimEnd().split('\n').at(-1)]).toEqual([
      0,
      '2 decisions: 2 the same again, 0 different, 0 without figures',
    ]);
  });

  test('refuses a file that is damaged, is not there, or has no such route', async () => {
    writeFileSync(file, readFileSync(file, 'utf8').replace('ada', 'eve'));
    const [damaged, missing, unknown] = await Promise.all([
      replay(),
      runCli(['replay', '--journal', join(folder, 'nothing')]),
      runCli(['replay', '--journal', source, '--route', 'nobody']),
    ]);
    expect([damaged.code, missing.code, unknown.code]).toEqual([1, 2, 2]);
    expect(damaged.stderr).toContain('is damaged in line');
    expect(missing.stderr).toContain('cannot be read (ENOENT)');
    expect(unknown.stderr).toContain('does not have this route');
  });
});

test('What is recorded of a decision is some kilobytes of figures, and nothing of what was said', () => {
  const decisions = entriesIn(source).filter(({ basis }) => basis !== undefined);
  expect(decisions).toHaveLength(4);
  for (const { basis } of decisions) expect(JSON.stringify(basis).length).toBeLessThan(3_000);
  expect(readFileSync(source, 'utf8')).not.toContain(PROMPT);
});
