import { countsAgainstArm, hasVerdict } from '../domain/outcome.js';
import type { Observation } from './observation.js';
import { pulseAfter, type Pulse } from './pulse.js';
import { RollingWindow } from './rolling-window.js';
import { Tally, type Summary } from './tally.js';

/** What a rollout is judged by: the environment's figures since the evidence last began anew. */
export interface Evidence {
  /** Over the rolling window. */
  readonly window: Summary;
  /** Over all of the epoch. */
  readonly sinceStart: Summary;
  /** Requests with a verdict since the current weights were set. */
  readonly judgedInSegment: number;
  /** Failures in a row up to now. */
  readonly consecutiveFailures: number;
}

/** Figures kept of one environment, from one beginning of the evidence to the next. */
interface Arm {
  readonly epoch: number;
  readonly window: RollingWindow;
  readonly total: Tally;
  segment: number;
  judgedInSegment: number;
  consecutiveFailures: number;
}

interface VersionFigures {
  readonly total: Tally;
  readonly window: RollingWindow;
  pulse: Pulse | undefined;
}

/** Versions with figures per route; beyond it the one that was idle longest is forgotten. */
const MAX_VERSIONS = 64;

/**
 * All figures of this process: totals and rolling windows per environment and version, and the evidence of the
 * rollout under way. Sums only; nothing of a request is kept.
 */
export class Telemetry {
  /** Route → `environment@version` → figures, the least recently used first. */
  readonly #versions = new Map<string, Map<string, VersionFigures>>();
  readonly #arms = new Map<string, Arm>();
  readonly #listeners = new Set<(observation: Observation, consecutiveFailures: number) => void>();

  constructor(private readonly windowLength: number) {}

  readonly observe = (observation: Observation): void => {
    const { route, environment, version, answeredBy } = observation;
    const charged = this.#figures(route, environment, version);
    charged.total.addRequest(observation);
    charged.window.tallyAt(observation.at).addRequest(observation);
    charged.pulse = pulseAfter(charged.pulse, observation);
    if (answeredBy) {
      const answered = this.#figures(route, answeredBy.environment, answeredBy.version);
      answered.total.addAnswer(observation);
      answered.window.tallyAt(observation.at).addAnswer(observation);
    }
    const arm = this.#charge(observation);
    for (const listener of this.#listeners) listener(observation, arm?.consecutiveFailures ?? 0);
  };

  /** Calls back after every observation, with the failures in a row of the environment it was charged to. */
  onObservation(listener: (observation: Observation, consecutiveFailures: number) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Since this process started. */
  total(route: string, environment: string, version: string): Summary {
    return (this.#peek(route, environment, version)?.total ?? new Tally()).summary();
  }

  /** Over the rolling window. */
  recent(route: string, environment: string, version: string, now: number): Summary {
    return (this.#peek(route, environment, version)?.window.read(now) ?? new Tally()).summary();
  }

  /** How the environment has answered lately; `undefined` before its first request. */
  pulse(route: string, environment: string, version: string): Pulse | undefined {
    return this.#peek(route, environment, version)?.pulse;
  }

  /** What is known of an environment since revision `epoch`, under the weights of `segment`. */
  evidence(route: string, environment: string, epoch: number, segment: number, now: number): Evidence {
    const arm = this.#arms.get(`${route}/${environment}`);
    if (arm?.epoch !== epoch) {
      const none = new Tally().summary();
      return { window: none, sinceStart: none, judgedInSegment: 0, consecutiveFailures: 0 };
    }
    return {
      window: arm.window.read(now).summary(),
      sinceStart: arm.total.summary(),
      judgedInSegment: arm.segment === segment ? arm.judgedInSegment : 0,
      consecutiveFailures: arm.consecutiveFailures,
    };
  }

  #charge(observation: Observation): Arm | undefined {
    const { route, environment, epoch, segment, outcome } = observation;
    const key = `${route}/${environment}`;
    let arm = this.#arms.get(key);
    // A straggler of an earlier epoch says nothing about what is tried now.
    if (arm && arm.epoch > epoch) return undefined;
    if (arm?.epoch !== epoch) {
      arm = {
        epoch,
        window: new RollingWindow(this.windowLength),
        total: new Tally(),
        segment,
        judgedInSegment: 0,
        consecutiveFailures: 0,
      };
      this.#arms.set(key, arm);
    }
    arm.window.tallyAt(observation.at).addRequest(observation);
    arm.total.addRequest(observation);
    if (!hasVerdict(outcome)) return arm;
    if (segment > arm.segment) {
      arm.segment = segment;
      arm.judgedInSegment = 0;
    }
    if (segment === arm.segment) arm.judgedInSegment++;
    arm.consecutiveFailures = countsAgainstArm(outcome) ? arm.consecutiveFailures + 1 : 0;
    return arm;
  }

  #peek(route: string, environment: string, version: string): VersionFigures | undefined {
    return this.#versions.get(route)?.get(`${environment}@${version}`);
  }

  #figures(route: string, environment: string, version: string): VersionFigures {
    let versions = this.#versions.get(route);
    if (!versions) this.#versions.set(route, (versions = new Map()));
    const key = `${environment}@${version}`;
    const figures = versions.get(key) ?? {
      total: new Tally(),
      window: new RollingWindow(this.windowLength),
      pulse: undefined,
    };
    versions.delete(key);
    versions.set(key, figures);
    if (versions.size > MAX_VERSIONS) versions.delete(versions.keys().next().value!);
    return figures;
  }
}
