import { isDecision, replay, type Replay } from '../analysis/replay.js';
import type { GateResult, JournalEntry } from '../domain/events.js';
import { reduce } from '../domain/reduce.js';
import type { RouteState } from '../domain/state.js';
import type { JournalText } from '../journal/journal-lines.js';
import { plain } from '../kit/plain.js';
import { table } from './output.js';

/** A whole journal. */
interface ReplayedJournal {
  readonly entries: readonly JournalEntry[];
  readonly decisions: ReadonlyMap<JournalEntry, Replay>;
  /** The routes at its end. */
  readonly routes: readonly RouteState[];
  readonly revision: number;
}

/** Folds a journal and repeats each decision in it. @param alias one route; default: all. */
export function replayJournal(
  { snapshot, entries }: Pick<JournalText, 'snapshot' | 'entries'>,
  alias?: string,
): ReplayedJournal {
  let state = snapshot;
  const decisions = new Map<JournalEntry, Replay>();
  for (const entry of entries) {
    const before = entry.route === undefined ? undefined : state.routes.get(entry.route);
    if (isDecision(entry)) decisions.set(entry, replay(before, entry));
    state = reduce(state, entry);
  }
  const isAsked = (route: string | undefined): boolean => alias === undefined || route === alias;
  return {
    entries: entries.filter(({ route }) => isAsked(route)),
    decisions: new Map([...decisions].filter(([{ route }]) => isAsked(route))),
    routes: [...state.routes.values()].filter((route) => isAsked(route.alias)),
    revision: state.revision,
  };
}

/** One entry: its effect, the results of its gates, and the result of the replay. */
export function entryLines(
  { revision, at, route, type, actor, reason, evidence }: JournalEntry,
  again?: Replay,
): string[] {
  const head = [`${revision}`, new Date(at).toISOString(), route ?? '–', type, `by ${plain(actor)}:`, plain(reason)];
  if (!again) return [head.join('  ')];
  const said = again.verdict === 'unrecorded' ? 'not replayable: recorded without its figures' : again.verdict;
  return [
    head.join('  '),
    ...table(['gate', 'verdict', 'observed', 'limit', 'canary', 'baseline', 'evidence'], evidence.map(cells)).map(
      indented,
    ),
    ...evidence.map(({ message }) => indented(plain(message))),
    indented(`replayed: ${said}`),
    ...again.differences.map((difference) => indented(`differs: ${plain(difference)}`)),
  ];
}

/** The state of a route. */
export function stateLine({ alias, active, weights, rollout }: RouteState): string {
  const shares = Object.entries(weights).map(([environment, weight]) => `${environment} ${weight}%`);
  const walk = rollout ? `; rollout to ${rollout.to}: ${phaseOf(rollout.phase)}` : '';
  return `${alias}: ${shares.join(', ')}; ${active} is live${walk}`;
}

function phaseOf(phase: NonNullable<RouteState['rollout']>['phase']): string {
  if (phase.name === 'Paused') return `Paused (${phase.reason})`;
  return phase.name === 'Progressing' ? `step ${phase.step + 1}` : phase.name;
}

function cells({ gate, verdict, observed, limit, sample, evidence }: GateResult): string[] {
  return [
    gate,
    verdict,
    shown(observed),
    shown(limit),
    `${sample.canary}`,
    `${sample.baseline}`,
    evidence ? `${shown(evidence.value)} of ${shown(evidence.limit)}` : '–',
  ];
}

function shown(value: number | null): string {
  return value === null ? '–' : String(Number(value.toPrecision(4)));
}

function indented(line: string): string {
  return `      ${line}`;
}
