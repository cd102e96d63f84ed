import type { ShadowFigures } from '../domain/figures.js';
import { countsAgainstArm, type FailureClass } from '../domain/outcome.js';
import { Figures } from './figures.js';
import { similarityOf, type Measure, type ShadowPair } from './shadow-pair.js';
import type { Tally } from './tally.js';
import type { Summary } from './summary.js';

/** Times and cost of one side's answers, over the compared pairs: the same requests on both sides. */
interface ShadowSideSummary {
  /** Milliseconds; `null` without any. */
  readonly latency: { readonly p50: number | null; readonly p95: number | null };
  /** Milliseconds, streams only. */
  readonly timeToFirstToken: { readonly p50: number | null; readonly p95: number | null };
  /** US dollars. */
  /** `null` when no answer has a known price. */
  readonly cost: number | null;
  /** Answers whose model has no known price; their cost is missing above. */
  readonly unpriced: number;
}

/** Sums over mirrored requests. Shares and means are `null` when there was nothing to compare. */
export interface ShadowSummary extends ShadowFigures {
  /** How often the shadow failed, by class. */
  readonly failures: Readonly<Partial<Record<FailureClass, number>>>;
  readonly meanTextSimilarity: number | null;
  /** Share of the pairs outside `tokenTolerance`. */
  readonly outsideTolerance: number | null;
  /** Share of the pairs whose shadow took longer by more than `maxTemporalDriftMs`. */
  readonly outsideTime: number | null;
  readonly jsonMismatches: number;
  readonly toolCallMismatches: number;
  readonly finishReasonMismatches: number;
  readonly meanLengthRatio: number | null;
  readonly caller: ShadowSideSummary;
  readonly shadow: ShadowSideSummary;
}

/** The series of its sums. Each name follows the name of the whole. */
const PARTS = [
  'pairs',
  'caller',
  'shadow',
  'similarity',
  'textSimilarity',
  'belowThreshold',
  'outsideTolerance',
  'outsideTime',
  'lengthRatio',
  'otherJson',
  'otherToolCalls',
  'otherFinishReason',
] as const;

type Part = (typeof PARTS)[number];

/** A running sum of pairs; its size does not depend on how many there were. */
export class ShadowTally {
  /**
   * @param figures holds the sums: the fleet's, or those of this process alone.
   * @param series the name of the sums there.
   */
  constructor(
    private readonly similarityThreshold: number,
    private readonly measure: Measure,
    private readonly figures = new Figures(),
    private readonly series = 'shadow',
  ) {}

  add({ caller, shadow, comparison }: ShadowPair): void {
    const pairs = this.#own('pairs');
    pairs.addRequest(shadow);
    pairs.addVerdict(countsAgainstArm(shadow.outcome) && !countsAgainstArm(caller.outcome));
    if (!comparison) return;
    this.#own('caller').addSide(caller);
    this.#own('shadow').addSide(shadow);
    const similarity = similarityOf(comparison, this.measure);
    this.#sample('similarity', similarity);
    this.#sample('textSimilarity', comparison.textSimilarity);
    this.#sample('belowThreshold', similarity === null ? null : similarity < this.similarityThreshold);
    this.#sample('outsideTolerance', comparison.outsideTolerance);
    this.#sample('outsideTime', comparison.outsideTime);
    this.#sample('lengthRatio', comparison.lengthRatio);
    this.#sample('otherJson', comparison.sameJson === false);
    this.#sample('otherToolCalls', comparison.sameToolCalls === false);
    this.#sample('otherFinishReason', comparison.sameFinishReason === false);
  }

  summary(): ShadowSummary {
    const pairs = this.#read('pairs');
    const { requests, errorsByClass } = pairs.summary();
    const [caller, shadow] = [this.#read('caller').summary(), this.#read('shadow').summary()];
    return {
      pairs: requests,
      compared: caller.latency.count,
      failedAlone: pairs.failures,
      failures: errorsByClass,
      meanSimilarity: this.#mean('similarity'),
      meanTextSimilarity: this.#mean('textSimilarity'),
      belowThreshold: this.#mean('belowThreshold'),
      outsideTolerance: this.#mean('outsideTolerance'),
      outsideTime: this.#mean('outsideTime'),
      jsonMismatches: this.#read('otherJson').samples.sum,
      toolCallMismatches: this.#read('otherToolCalls').samples.sum,
      finishReasonMismatches: this.#read('otherFinishReason').samples.sum,
      meanLengthRatio: this.#mean('lengthRatio'),
      caller: sideOf(caller),
      shadow: sideOf(shadow),
    };
  }

  /** Frees its sums. */
  forget(): void {
    for (const part of PARTS) this.figures.forget(this.#name(part));
  }

  #sample(part: Part, value: number | boolean | null): void {
    if (value !== null) this.#own(part).addSample(Number(value));
  }

  #mean(part: Part): number | null {
    const { count, sum } = this.#read(part).samples;
    return count === 0 ? null : sum / count;
  }

  #own(part: Part): Tally {
    return this.figures.own(this.#name(part));
  }

  #read(part: Part): Tally {
    return this.figures.read(this.#name(part));
  }

  #name(part: Part): string {
    return `${this.series}:${part}`;
  }
}

function sideOf({ latency, timeToFirstToken, cost, unpriced }: Summary): ShadowSideSummary {
  return {
    latency: { p50: latency.quantile(0.5), p95: latency.quantile(0.95) },
    timeToFirstToken: { p50: timeToFirstToken.quantile(0.5), p95: timeToFirstToken.quantile(0.95) },
    cost,
    unpriced,
  };
}
