import type { History } from './history.js';
import { check } from './model/check.js';

const SHOWN = 8;

/** The findings of the rules in the histories, for people; returns how many violations there are. */
export function printVerdicts(histories: Readonly<Record<string, History>>): number {
  let violations = 0;
  const verdicts = Object.entries(histories).flatMap(([name, history]) =>
    [...check(history)].map(([rule, verdict]) => ({ name, rule, ...verdict })),
  );
  for (const { name, rule, looked, violations: found } of verdicts) {
    violations += found.length;
    const verdict = found.length === 0 ? 'kept' : `BROKEN ${found.length} times`;
    console.log(`${name.padEnd(6)} ${rule.padEnd(54)} ${String(looked).padStart(7)} looked at   ${verdict}`);
    for (const violation of found.slice(0, SHOWN)) console.log(`       VIOLATION ${violation}`);
  }
  return violations;
}

/** Figures of the last line. */
export function countsOf({ calls, commands, entries, lives }: History) {
  const kinds = (kind: string): number => calls.filter((call) => call.kind === kind && !call.left).length;
  return {
    calls: calls.length,
    answers: kinds('answer'),
    typedErrors: kinds('error') + kinds('error event'),
    left: calls.filter(({ left }) => left).length,
    brokenByKills: kinds('broken') + kinds('hang'),
    commands: commands.length,
    acknowledged: commands.filter(({ outcome }) => outcome === 'done').length,
    revisions: entries.length,
    rollouts: entries.filter(({ type }) => type === 'RolloutStarted').length,
    rolledBack: entries.filter(({ type }) => type === 'RolledBack').length,
    succeeded: entries.filter(({ type }) => type === 'RolloutSucceeded').length,
    processes: lives.length,
  };
}

/** Milliseconds from the first who has an entry to the last of those that were there, and could be told. */
export function propagationOf({ news }: History, isConnected: (replica: string, at: number) => boolean): number[] {
  const byRevision = new Map<number, number[]>();
  const first = new Map<number, number>();
  for (const { at, entry } of news) {
    first.set(entry.revision, Math.min(at, first.get(entry.revision) ?? Number.POSITIVE_INFINITY));
  }
  for (const { replica, at, entry } of news) {
    const begun = first.get(entry.revision)!;
    if (!isConnected(replica, begun)) continue;
    byRevision.set(entry.revision, [...(byRevision.get(entry.revision) ?? []), at - begun]);
  }
  return [...byRevision.values()].map((times) => Math.max(...times));
}
