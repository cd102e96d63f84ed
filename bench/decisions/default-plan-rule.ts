import { decide } from '../../lib/analysis/decide.js';
import type { RolloutEvidence } from '../../lib/analysis/figures.js';
import type { FailedOf } from '../../lib/domain/failure-run.js';
import type { ArmEvidence, ArmFigures, EventCounts, FailedFrom, Rescues } from '../../lib/domain/figures.js';
import type { Rollout } from '../../lib/domain/state.js';
import { startAt } from '../../lib/domain/timetable.js';
import { UnitStarts } from '../../lib/kit/unit-starts.js';
import { closed, DEFAULT_ROLLOUT } from '../../lib/schedule/plan-schema.js';
import { FailureRuns } from '../../lib/telemetry/failure-runs.js';
import { Bound, Comparison } from '../greens/comparison.js';
import { PER_MINUTE, type PlayedRequest, type Rule } from './rule.js';

const TIMES = { count: 0, mean: null, quantile: () => null };
/** Units of both environments: the rule is not asked to advance. */
const ENOUGH = { canary: 1_000, baseline: 1_000 };

/** No times: none of the gates here reads them. */
const UNREAD: ArmFigures = { judged: 0, errorRate: null, latency: TIMES, timeToFirstToken: TIMES };

const ROLLOUT: Rollout = {
  id: 'r1',
  from: 'blue',
  to: 'green',
  plan: closed(DEFAULT_ROLLOUT.plan),
  startedAt: 0,
  phase: { name: 'Progressing', step: 0, since: 0, approved: false },
  segments: [],
};
const NEEDED = Math.log(2 / ROLLOUT.plan.alphaTotal);
/** Every request belongs to this part of the traffic: the most expensive that a part can be. */
const PART = 'streamed';
const MINUTE = 60_000;
const SEGMENTS = 5;
const BETWEEN_REQUESTS = MINUTE / PER_MINUTE;
/** Failures of the canary between two looks at the ceiling: looking at every one of them would take hours. */
const LOOK = 10;
const NOTHING = { all: [], strata: {} };

/** The other environment was asked for a request that failed. */
const NOT_RESCUED = { callerOutcome: 'server_error', attempts: 2 } as const;
const RESCUED = { callerOutcome: 'ok', attempts: 2, answeredBy: { environment: 'blue', version: 'v' } } as const;

/** The counts of one environment, by the starting points of the evidence. */
class Stretches {
  readonly #by = new Map<number, { failed: number; total: number }>();

  add(start: number, failed: boolean): void {
    let stretch = this.#by.get(start);
    if (!stretch) this.#by.set(start, (stretch = { failed: 0, total: 0 }));
    stretch.total++;
    if (failed) stretch.failed++;
  }

  read(): FailedFrom[] {
    return [...this.#by].map(([start, counts]) => ({ start, ...counts }));
  }

  get sum(): FailedOf {
    return this.read().reduce((sum, { failed, total }) => ({ failed: sum.failed + failed, total: sum.total + total }), {
      failed: 0,
      total: 0,
    });
  }
}

/**
 * All that decides about a rollout that nobody has given a plan: its gates and its fast trip, through the product's own
 * `decide()`.
 */
export class DefaultPlanRule implements Rule {
  readonly #failures = new Comparison();
  readonly #inPart = new Comparison();
  readonly #bound = new Bound(NEEDED);
  readonly #canary = new Stretches();
  readonly #baseline = new Stretches();
  readonly #faultUnits = new UnitStarts();
  readonly #faults = new Map<string, EventCounts & { events: number }>();
  readonly #rescues = new Map<number, Rescues & { asked: number; answered: number }>();
  readonly #runs = new FailureRuns();
  readonly #exposed = new UnitStarts();
  readonly #shares: number[] = [];
  #canaryUnits = 0;
  #inARow = 0;
  #looks = 0;
  #at = 0;

  /** @param minutes that the plan takes. */
  constructor(private readonly minutes = 40) {}

  begin(share: number): void {
    this.#shares.push(share);
  }

  request({ isCanary, unit, failed, rescued }: PlayedRequest): boolean {
    const environment = isCanary ? 'green' : 'blue';
    this.#at += BETWEEN_REQUESTS;
    const start = startAt({ planned: this.minutes * MINUTE, segments: SEGMENTS }, this.#at, this.#shares.length - 1);
    this.#runs.charge({ environment, unit, at: this.#at, outcome: failed ? 'server_error' : 'ok' });
    if (isCanary && (unit === undefined || this.#exposed.claim(unit, 0) === -1)) this.#canaryUnits++;
    (isCanary ? this.#canary : this.#baseline).add(start, failed);
    if (isCanary) this.#inARow = failed ? this.#inARow + 1 : 0;
    if (!failed) return false;
    const share = this.#shares.at(-1)!;
    const place = { unit: unit ?? -1, isCanary, start, share };
    const isNews = this.#failures.count(place);
    this.#inPart.count(place);
    if (!isCanary) return false;
    this.#fault(unit, start, rescued);
    this.#runs.ends({ environment, unit, ...(rescued ? RESCUED : NOT_RESCUED) });
    if (isNews && this.#bound.isReached(share, () => this.#decided().gates[0]!.evidence!.value)) return true;
    const isLooking = this.#inARow >= ROLLOUT.plan.fastTrip.consecutiveFailures || ++this.#looks % LOOK === 0;
    return isLooking && this.#decided().action === 'rollback';
  }

  minute(): boolean {
    return false;
  }

  #fault(unit: number | undefined, start: number, rescued: boolean): void {
    const previous = unit === undefined ? -1 : this.#faultUnits.claim(unit, start);
    if (previous !== undefined) {
      const key = `${previous} ${start}`;
      let fault = this.#faults.get(key);
      if (!fault) this.#faults.set(key, (fault = { previous, start, events: 0 }));
      fault.events++;
    }
    let rescue = this.#rescues.get(start);
    if (!rescue) this.#rescues.set(start, (rescue = { start, asked: 0, answered: 0 }));
    rescue.asked++;
    if (rescued) rescue.answered++;
  }

  #decided() {
    const run = this.#runs.read('green', true);
    const arm = (stretches: Stretches): ArmEvidence => {
      const { failed, total } = stretches.sum;
      const figures = { ...UNREAD, judged: total, errorRate: total === 0 ? null : failed / total };
      const counts = { judgedInSegment: total, failedInSegment: failed, charged: { failed, total } };
      return { window: figures, sinceStart: figures, ...counts, stretches: stretches.read(), run };
    };
    const evidence: RolloutEvidence = {
      canary: arm(this.#canary),
      baseline: arm(this.#baseline),
      units: ENOUGH,
      samples: { inSegment: ENOUGH, sinceStart: ENOUGH },
      names: { canary: 'green', baseline: 'blue' },
      shares: this.#shares,
      strata: ROLLOUT.plan.strata ?? [],
      failures: { all: this.#failures.claims, strata: { [PART]: this.#inPart.claims } },
      refusals: NOTHING,
      wrongAnswers: NOTHING,
      faults: [...this.#faults.values()],
      rescues: [...this.#rescues.values()],
      exposures: [{ weights: [1], units: [this.#canaryUnits] }],
      ages: {},
      means: {},
      age: 0,
    };
    const share = this.#shares.at(-1)!;
    return decide(ROLLOUT, { blue: 100 * (1 - share), green: 100 * share }, evidence, 0);
  }
}
