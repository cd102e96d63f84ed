import type { GateResult, JournalEntry } from '../domain/events.js';
import { runningRollout, type RouteState } from '../domain/state.js';
import { checkSplit } from './check-split.js';
import { decide, type Decision } from './decide.js';
import { seenIn, splitIn } from './decision-basis.js';

/** The result of taking a recorded decision again. */
export interface Replay {
  /** `unrecorded`: the entry does not have the figures for it. */
  readonly verdict: 'same' | 'different' | 'unrecorded';
  /** Each in one sentence. */
  readonly differences: readonly string[];
  /** The gates as they are read now. */
  readonly gates: readonly GateResult[];
}

/** Figures that differ by less than this, relatively, are the same. */
const ROUNDING = 1e-9;

/** Whether the entry records a decision on gates. The end of a rollback only repeats why it began. */
export function isDecision({ type, evidence, basis }: JournalEntry): boolean {
  return (evidence.length > 0 || basis !== undefined) && type !== 'RolledBack';
}

/**
 * Takes a recorded decision again: the same functions, on the state before it and the figures that were recorded with
 * it. Pure. Verdicts, figures and the action have to be the same; words may have changed.
 *
 * @param before the route, as it was before the entry.
 */
export function replay(before: RouteState | undefined, entry: JournalEntry): Replay {
  const { basis, evidence } = entry;
  const again =
    before && basis && (entry.type === 'WeightsSet' ? splitAgain(before, basis) : rolloutAgain(before, basis));
  if (!again) return { verdict: 'unrecorded', differences: [], gates: [] };
  const recorded = actionOf(entry);
  const differences = [
    ...(again.action === recorded ? [] : [`it now decides "${again.action}", the journal has "${recorded}"`]),
    ...evidence.flatMap((was) =>
      differencesOf(
        was,
        again.gates.find(({ gate }) => gate === was.gate),
      ),
    ),
    ...again.gates.flatMap(({ gate }) =>
      evidence.some((was) => was.gate === gate) ? [] : [`${gate}: is not recorded`],
    ),
  ];
  return { verdict: differences.length === 0 ? 'same' : 'different', differences, gates: again.gates };
}

interface Again {
  readonly action: string;
  readonly gates: readonly GateResult[];
}

function rolloutAgain(before: RouteState, basis: NonNullable<JournalEntry['basis']>): Again | undefined {
  const rollout = runningRollout(before);
  const seen = seenIn(basis);
  if (!rollout || !seen) return undefined;
  const decision = decide(rollout, before.weights, seen.evidence, seen.now, seen.circumstances);
  return { action: nameOf(decision), gates: decision.gates };
}

function splitAgain(before: RouteState, basis: NonNullable<JournalEntry['basis']>): Again | undefined {
  const seen = splitIn(basis);
  if (!seen) return undefined;
  // Only this environment is recorded: it caused the revert.
  const weights = Object.fromEntries(Object.entries(before.weights).filter(([name]) => name === seen.environment));
  const evidenceOf = (name: string) => (name === before.active ? seen.baseline : seen.canary);
  const failing = checkSplit({ ...before, weights }, evidenceOf, seen.healthCheck);
  return failing ? { action: 'setWeights', gates: failing.gates } : { action: 'hold', gates: [] };
}

function nameOf({ action, cause }: Pick<Decision, 'action' | 'cause'>): string {
  return action === 'pause' ? `${action} ${cause}` : action;
}

/** The decision that an entry is the record of. */
function actionOf(entry: JournalEntry): string {
  switch (entry.type) {
    case 'RolloutAborted':
      return 'rollback';
    case 'StepEntered':
    case 'BakeStarted':
    case 'RolloutSucceeded':
      return 'advance';
    case 'RolloutPaused':
      return entry.cause === 'AwaitingApproval' ? 'awaitApproval' : `pause ${entry.cause}`;
    case 'RolloutResumed':
      return 'resume';
    case 'WeightsSet':
      return 'setWeights';
    default:
      return entry.type;
  }
}

function differencesOf(was: GateResult, is: GateResult | undefined): string[] {
  if (!is) return [`${was.gate}: is not read`];
  const figures = [
    ['observed', was.observed, is.observed],
    ['limit', was.limit, is.limit],
    ['evidence', was.evidence?.value ?? null, is.evidence?.value ?? null],
  ] as const;
  return [
    ...(was.verdict === is.verdict ? [] : [`${was.gate}: ${is.verdict}, the journal has ${was.verdict}`]),
    ...figures.flatMap(([what, then, now]) =>
      isSame(then, now) ? [] : [`${was.gate}: ${what} ${String(now)}, the journal has ${String(then)}`],
    ),
  ];
}

function isSame(a: number | null, b: number | null): boolean {
  if (a === null || b === null) return a === b;
  return Math.abs(a - b) <= ROUNDING * Math.max(Math.abs(a), Math.abs(b));
}
