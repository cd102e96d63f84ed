import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../kit/clock.js';
import type { MirrorMoney, MirrorReservation } from '../money/mirror-money.js';
import { AnswerCollector, type CollectedAnswer } from '../router/answer-collector.js';
import type { CallRequest } from '../router/call-request.js';
import { pause } from '../router/retry.js';
import type { Target } from '../routing/route-table.js';
import type { Comparison, ShadowPair, ShadowSide } from '../telemetry/shadow-pair.js';
import { compareAnswers } from './compare-answers.js';
import { embeddingSimilarity } from './embedding-similarity.js';
import type { MirrorDeps } from './mirror-deps.js';
import type { OpenPair } from './open-pair.js';
import type { PairContent } from './pair-line.js';
import { sendMirror } from './send-mirror.js';
import type { ShadowPolicy } from './shadow-policy.js';

/** One mirror, admitted and paid for. */
export interface MirrorRun {
  readonly request: CallRequest;
  readonly target: Target;
  readonly pair: OpenPair;
  readonly policy: ShadowPolicy;
  readonly money: MirrorMoney;
  readonly reservation: MirrorReservation;
  readonly signal: AbortSignal;
}

/** A caller whose call has not ended this long after its mirror counts as gone, so that no pair stays open for ever. */
const CALLER_PATIENCE = 10 * 60_000;

/** Sends the mirror, waits for both ends, compares. `undefined` when the process is shutting down. */
export async function runMirror(
  run: MirrorRun,
  deps: MirrorDeps,
): Promise<{ pair: ShadowPair; content: PairContent } | undefined> {
  const { request, target, money, reservation, signal } = run;
  const collector = new AnswerCollector(request.dialect);
  const shadowSide = await sendMirror(request, target, deps, signal, collector);
  money.settle(reservation, shadowSide);
  const callerSide = await callerSideOf(run.pair, deps.clock, signal);
  // The caller's own turn of the event loop ends before anything is compared.
  await nextTurn();
  if (signal.aborted) return undefined;

  const caller = { answer: run.pair.collected(), side: callerSide };
  const shadow = { answer: collector.collected(), side: shadowSide };
  const pair: ShadowPair = {
    at: deps.clock.now(),
    route: request.assignment.route,
    requestId: request.requestId,
    stream: request.dialect.isStream(request.body),
    caller: caller.side,
    shadow: shadow.side,
    comparison: await compared(caller, shadow, run, deps),
  };
  if (signal.aborted) return undefined;
  const { dialect, body } = request;
  return { pair, content: { dialect, request: body, answer: caller.answer, shadowAnswer: shadow.answer } };
}

interface Half {
  readonly answer: CollectedAnswer | undefined;
  readonly side: ShadowSide;
}

/** `undefined` unless two different environments gave a whole answer each, short enough to be kept. */
async function compared(
  { answer, side }: Half,
  shadow: Half,
  { policy, money, signal }: MirrorRun,
  deps: MirrorDeps,
): Promise<Comparison | undefined> {
  const bothWhole = side.outcome === 'ok' && shadow.side.outcome === 'ok';
  if (!bothWhole || !answer || !shadow.answer || side.environment === shadow.side.environment) return undefined;
  const comparison = compareAnswers({ answer, side }, { answer: shadow.answer, side: shadow.side }, policy);
  const { embeddingRoute } = policy;
  if (embeddingRoute === undefined || policy.comparisonMode === 'exact') return comparison;
  const texts = [answer.text, shadow.answer.text] as const;
  return {
    ...comparison,
    embeddingSimilarity: await embeddingSimilarity(texts, embeddingRoute, deps, money.budget, signal),
  };
}

const GONE: ShadowSide = { environment: undefined, version: undefined, outcome: 'client_abort', latency: 0 };

async function callerSideOf(pair: OpenPair, clock: Clock, signal: AbortSignal): Promise<ShadowSide> {
  const ended = new AbortController();
  const patience = pause(CALLER_PATIENCE, clock, AbortSignal.any([signal, ended.signal])).then(() => GONE);
  try {
    return await Promise.race([pair.side, patience]);
  } finally {
    ended.abort();
  }
}
