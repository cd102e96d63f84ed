import { countsAgainstArm, type FailureClass } from '../domain/outcome.js';
import { LogHistogram } from './log-histogram.js';
import { similarityOf, type ShadowPair, type ShadowSide } from './shadow-pair.js';

/** What the answers of one side took, over the compared pairs: the same requests on both sides. */
export interface ShadowSideSummary {
  /** Milliseconds; `null` without any. */
  readonly latency: { readonly p50: number | null; readonly p95: number | null };
  /** Milliseconds, streams only. */
  readonly timeToFirstToken: { readonly p50: number | null; readonly p95: number | null };
  /** US dollars. */
  readonly cost: number;
  /** Answers whose model has no known price; their cost is missing above. */
  readonly unpriced: number;
}

/** Sums over mirrored requests. Shares and means are `null` when there was nothing to compare. */
export interface ShadowSummary {
  /** Mirrored requests that have ended on both sides. */
  readonly pairs: number;
  /** Of these, with two whole answers that could be held. */
  readonly compared: number;
  /** Pairs in which the shadow failed and the caller's environment did not. */
  readonly failedAlone: number;
  /** How often the shadow failed, by class. */
  readonly failures: Readonly<Partial<Record<FailureClass, number>>>;
  /** Of the texts, or of their embeddings when an `embeddingRoute` is set; 0–1. */
  readonly meanSimilarity: number | null;
  readonly meanTextSimilarity: number | null;
  /** Share of the pairs below `similarityThreshold`. */
  readonly belowThreshold: number | null;
  /** Share of the pairs outside `tokenTolerance`. */
  readonly outsideTolerance: number | null;
  readonly jsonMismatches: number;
  readonly toolCallMismatches: number;
  readonly finishReasonMismatches: number;
  readonly meanLengthRatio: number | null;
  readonly caller: ShadowSideSummary;
  readonly shadow: ShadowSideSummary;
}

class Mean {
  #sum = 0;
  #count = 0;

  add(value: number | boolean | null): void {
    if (value === null) return;
    this.#sum += Number(value);
    this.#count++;
  }

  get value(): number | null {
    return this.#count === 0 ? null : this.#sum / this.#count;
  }
}

class SideTally {
  readonly #latency = new LogHistogram();
  readonly #firstToken = new LogHistogram();
  #cost = 0;
  #unpriced = 0;

  add({ latency, timeToFirstToken, cost }: ShadowSide): void {
    this.#latency.record(latency);
    if (timeToFirstToken !== undefined) this.#firstToken.record(timeToFirstToken);
    if (cost === undefined) this.#unpriced++;
    else this.#cost += cost;
  }

  summary(): ShadowSideSummary {
    return {
      latency: { p50: this.#latency.quantile(0.5), p95: this.#latency.quantile(0.95) },
      timeToFirstToken: { p50: this.#firstToken.quantile(0.5), p95: this.#firstToken.quantile(0.95) },
      cost: this.#cost,
      unpriced: this.#unpriced,
    };
  }
}

/** A running sum of pairs; its size does not depend on how many there were. */
export class ShadowTally {
  #pairs = 0;
  #compared = 0;
  #failedAlone = 0;
  readonly #failures = new Map<FailureClass, number>();
  readonly #similarity = new Mean();
  readonly #textSimilarity = new Mean();
  readonly #below = new Mean();
  readonly #outside = new Mean();
  readonly #lengthRatio = new Mean();
  readonly #mismatches = { json: 0, toolCalls: 0, finishReason: 0 };
  readonly #caller = new SideTally();
  readonly #shadow = new SideTally();

  constructor(
    private readonly similarityThreshold: number,
    private readonly byEmbedding: boolean,
  ) {}

  add({ caller, shadow, comparison }: ShadowPair): void {
    this.#pairs++;
    if (shadow.outcome !== 'ok') this.#failures.set(shadow.outcome, (this.#failures.get(shadow.outcome) ?? 0) + 1);
    if (countsAgainstArm(shadow.outcome) && !countsAgainstArm(caller.outcome)) this.#failedAlone++;
    if (!comparison) return;
    this.#compared++;
    const similarity = similarityOf(comparison, this.byEmbedding);
    this.#similarity.add(similarity);
    this.#textSimilarity.add(comparison.textSimilarity);
    this.#below.add(similarity === null ? null : similarity < this.similarityThreshold);
    this.#outside.add(comparison.outsideTolerance);
    this.#lengthRatio.add(comparison.lengthRatio);
    if (comparison.sameJson === false) this.#mismatches.json++;
    if (comparison.sameToolCalls === false) this.#mismatches.toolCalls++;
    if (comparison.sameFinishReason === false) this.#mismatches.finishReason++;
    this.#caller.add(caller);
    this.#shadow.add(shadow);
  }

  summary(): ShadowSummary {
    return {
      pairs: this.#pairs,
      compared: this.#compared,
      failedAlone: this.#failedAlone,
      failures: Object.fromEntries(this.#failures),
      meanSimilarity: this.#similarity.value,
      meanTextSimilarity: this.#textSimilarity.value,
      belowThreshold: this.#below.value,
      outsideTolerance: this.#outside.value,
      jsonMismatches: this.#mismatches.json,
      toolCallMismatches: this.#mismatches.toolCalls,
      finishReasonMismatches: this.#mismatches.finishReason,
      meanLengthRatio: this.#lengthRatio.value,
      caller: this.#caller.summary(),
      shadow: this.#shadow.summary(),
    };
  }
}
