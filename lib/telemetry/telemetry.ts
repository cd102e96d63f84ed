import { Logger } from '@nestjs/common';
import { Arm, type Evidence } from './arm.js';
import type { Observation, Observer, Verdict } from './observation.js';
import { pulseAfter, type Pulse } from './pulse.js';
import { RollingWindow } from './rolling-window.js';
import { Tally, type Summary } from './tally.js';

/** Figures of one version in one environment. */
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
export class Telemetry implements Observer {
  readonly #logger = new Logger(Telemetry.name);
  /** Route → `environment@version` → figures, the least recently used first. */
  readonly #versions = new Map<string, Map<string, VersionFigures>>();
  /** `route/environment` → evidence of its newest epoch: bounded by the configuration. */
  readonly #arms = new Map<string, Arm>();
  readonly #onVerdict = new Set<(verdict: Verdict) => void>();
  readonly #onObservation = new Set<(observation: Observation) => void>();

  constructor(private readonly windowLength: number) {}

  charge(verdict: Verdict): void {
    const { route, environment, version } = verdict;
    const figures = this.#figures(route, environment, version);
    figures.pulse = pulseAfter(figures.pulse, verdict);
    this.#arm(verdict)?.charge(verdict);
    this.#tell(this.#onVerdict, verdict);
  }

  observe(observation: Observation): void {
    const { at, route, environment, version, answeredBy } = observation;
    const charged = this.#figures(route, environment, version);
    charged.total.addRequest(observation);
    charged.window.tallyAt(at).addRequest(observation);
    this.#arm(observation)?.add(observation);
    if (answeredBy) {
      const answered = this.#figures(route, answeredBy.environment, answeredBy.version);
      answered.total.addAnswer(observation);
      answered.window.tallyAt(at).addAnswer(observation);
    }
    this.#tell(this.#onObservation, observation);
  }

  /**
   * Calls back for every verdict, as soon as it is known; the returned function ends it. Has to be quick: a request
   * waits for it. What it throws is logged.
   */
  onVerdict(listener: (verdict: Verdict) => void): () => void {
    this.#onVerdict.add(listener);
    return () => this.#onVerdict.delete(listener);
  }

  /** The same for every request when it has ended. */
  onObservation(listener: (observation: Observation) => void): () => void {
    this.#onObservation.add(listener);
    return () => this.#onObservation.delete(listener);
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
    const known = this.#arms.get(`${route}/${environment}`);
    const arm = known?.epoch === epoch ? known : new Arm(epoch, this.windowLength);
    return arm.read(segment, now);
  }

  /** `undefined` for a straggler of an earlier epoch: it says nothing about what is tried now. */
  #arm({ route, environment, epoch }: Verdict): Arm | undefined {
    const key = `${route}/${environment}`;
    const arm = this.#arms.get(key);
    if (arm && arm.epoch >= epoch) return arm.epoch === epoch ? arm : undefined;
    const next = new Arm(epoch, this.windowLength);
    this.#arms.set(key, next);
    return next;
  }

  /** No caller pays for a listener that fails. */
  #tell<T>(listeners: ReadonlySet<(what: T) => void>, what: T): void {
    for (const listener of listeners) {
      try {
        listener(what);
      } catch (error) {
        this.#logger.error(`A listener failed: ${String(error)}`, error instanceof Error ? error.stack : undefined);
      }
    }
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
