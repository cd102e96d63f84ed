import { threshold, type ThresholdGate } from '../../lib/analysis/gates/threshold.js';
import type { ArmEvidence, Distribution, ArmFigures } from '../../lib/domain/figures.js';
import type { PlayedRequest, Rule } from './rule.js';

const WINDOW_MINUTES = 5;
const GATE: ThresholdGate = {
  name: 'errors',
  test: 'threshold',
  kind: 'errorRate',
  compare: 'absolute',
  max: 0.05,
  minSampleSize: 50,
  role: 'guardrail',
  onFail: 'rollback',
};
const NO_TIMES: Distribution = { count: 0, mean: null, quantile: () => null };

/** Counts of one arm over a window that slides by minutes, and in all. */
class Counts {
  readonly #minutes: { requests: number; failures: number }[] = [{ requests: 0, failures: 0 }];
  requests = 0;
  failures = 0;
  allRequests = 0;
  allFailures = 0;

  add(failed: boolean): void {
    const minute = this.#minutes.at(-1)!;
    minute.requests++;
    this.requests++;
    this.allRequests++;
    if (!failed) return;
    minute.failures++;
    this.failures++;
    this.allFailures++;
  }

  minute(): void {
    if (this.#minutes.length === WINDOW_MINUTES) {
      const { requests, failures } = this.#minutes.shift()!;
      this.requests -= requests;
      this.failures -= failures;
    }
    this.#minutes.push({ requests: 0, failures: 0 });
  }
}

/** A plain limit on the error rate: 5%, from 50 requests on, over five minutes. */
export class PlainRule implements Rule {
  readonly #counts = new Counts();

  begin(): void {
    // A plain limit knows nothing of shares.
  }

  request({ isCanary, failed }: PlayedRequest): boolean {
    if (!isCanary) return false;
    this.#counts.add(failed);
    const { requests, failures, allRequests, allFailures } = this.#counts;
    // The product is asked where it may say no: asking it at every request would take minutes.
    const recent = requests >= GATE.minSampleSize;
    if (recent ? failures <= GATE.max * requests : allFailures <= GATE.max * allRequests) return false;
    const canary = armOf(figuresOf(requests, failures), figuresOf(allRequests, allFailures));
    return threshold.read(GATE, { canary, baseline: EMPTY }).verdict === 'fail';
  }

  minute(): boolean {
    this.#counts.minute();
    return false;
  }
}

function figuresOf(requests: number, failures: number): ArmFigures {
  const errorRate = requests === 0 ? null : failures / requests;
  return { judged: requests, errorRate, latency: NO_TIMES, timeToFirstToken: NO_TIMES };
}

const NONE = { failed: 0, total: 0 };
const NO_VERDICTS = { charged: NONE, lately: NONE, stretches: [] };

function armOf(window: ArmFigures, sinceStart: ArmFigures): ArmEvidence {
  return {
    window,
    sinceStart,
    judgedInSegment: window.judged,
    failedInSegment: window.judged * (window.errorRate ?? 0),
    ...NO_VERDICTS,
    run: { failures: 0, answered: {}, unanswered: 0, unasked: { byKey: [], withoutKey: 0 }, beside: {} },
  };
}

const EMPTY = armOf(figuresOf(0, 0), figuresOf(0, 0));
