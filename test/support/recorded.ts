import type { JsonObject } from '../../lib/kit/json.js';
import { decide } from '../../lib/analysis/decide.js';
import { rolloutBasis, type Seen } from '../../lib/analysis/decision-basis.js';
import type { BlueGreenEvent, JournalEntry } from '../../lib/domain/events.js';
import type { KnownGate } from '../../lib/analysis/gates/gates.js';
import { abortRollout } from '../../lib/domain/rollout-commands.js';
import { advanceRollout } from '../../lib/domain/stage-commands.js';
import { endPause, pauseRollout } from '../../lib/domain/pause-commands.js';
import type { RouteState } from '../../lib/domain/state.js';

/** Wall time of decisions that are recorded. */
export const NOW = 3_600_000;

const any = { minSampleSize: 20, role: 'guardrail', onFail: 'rollback', alpha: 0.01 } as const;

/** One gate of each test. */
export const GATES: KnownGate[] = [
  { ...any, name: 'errors', test: 'failureRatio', kind: 'errorRate', compare: 'baseline', tolerance: 0 },
  { ...any, name: 'ceiling', test: 'ceiling', kind: 'errorRate', compare: 'absolute', max: 0.2 },
  { ...any, name: 'slow', test: 'exceedance', kind: 'latency', compare: 'baseline', quantile: 0.95, tolerance: 0.2 },
  { ...any, name: 'p99', test: 'threshold', kind: 'latency', compare: 'absolute', quantile: 0.99, max: 3_000 },
  { ...any, name: 'dear', test: 'mean', kind: 'cost', compare: 'baseline', tolerance: 0.1 },
  { ...any, name: 'liked', test: 'score', kind: 'quality', compare: 'absolute', evaluator: 'judge', min: 0.7 },
];

/** What a journal has, read back: through JSON. */
export function readBack<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

export function entryOf(event: BlueGreenEvent, evidence: JournalEntry['evidence'], basis: JsonObject): JournalEntry {
  return readBack({ ...event, at: NOW, actor: 'system', reason: '', evidence, basis, revision: 9 });
}

/** What the job would decide on the rollout of this route, and the entry of it; without one where it does nothing. */
export function decided(route: RouteState, seen: Seen) {
  const { plan } = route.rollout!;
  const decision = decide(route.rollout!, route.weights, seen.evidence, seen.now, seen.circumstances);
  const command = {
    rollback: abortRollout,
    advance: advanceRollout,
    pause: decision.cause && pauseRollout(decision.cause),
    awaitApproval: pauseRollout('AwaitingApproval'),
    resume: decision.cause && endPause(decision.cause),
    hold: undefined,
  }[decision.action];
  const [event] = command?.(route) ?? [];
  return { decision, entry: event && entryOf(event, decision.gates, rolloutBasis(plan, seen)) };
}
