import type { Clock } from '../kit/clock.js';
import { MirrorBudget } from '../money/mirror-budget.js';
import type { CompiledRoute, Slot } from '../routing/route-table.js';
import type { Figures } from '../telemetry/figures.js';
import { ShadowTally } from '../telemetry/shadow-tally.js';
import { DriftWatch } from './drift-watch.js';
import { measureOf, type ShadowPolicy } from './shadow-policy.js';

/** The results of the mirrors to one version. Another version, or another comparison, starts with nothing. */
interface VersionSeries {
  readonly environment: string;
  readonly version: string;
  readonly comparison: string;
  readonly tally: ShadowTally;
  readonly drift: DriftWatch;
}

/** The results of one rollout's shadow stage, and the rest of its budget. */
interface StageSeries {
  readonly id: string;
  readonly tally: ShadowTally;
  readonly budget: MirrorBudget;
}

/** The sums of one route's mirrors: by canary version, in this process; by shadow stage, of the fleet. */
export class ShadowSeries {
  #version: VersionSeries | undefined;
  #stage: StageSeries | undefined;

  constructor(
    private readonly alias: string,
    private readonly policyNow: () => ShadowPolicy,
    private readonly figures: Figures,
    private readonly clock: Clock,
  ) {}

  ofVersion({ environment, version: { tag } }: Slot): VersionSeries {
    const policy = this.policyNow();
    const comparison = comparisonIn(policy);
    const before = this.#version;
    if (before?.environment === environment && before.version === tag && before.comparison === comparison)
      return before;
    const fresh = { tally: this.newTally(), drift: new DriftWatch(policy) };
    return (this.#version = { environment, version: tag, comparison, ...fresh });
  }

  /** `undefined` while the route is not in a shadow stage. */
  ofStage(route: CompiledRoute | undefined): StageSeries | undefined {
    if (!route?.mirrored) return undefined;
    const { id: stage, maxCostUsd } = route.mirrored;
    const id = `${stage}${comparisonIn(this.policyNow())}`;
    if (this.#stage?.id !== id) {
      this.#stage?.tally.forget();
      const budget = new MirrorBudget(maxCostUsd, this.clock, false);
      this.#stage = { id, tally: this.newTally(this.figures, `shadow:${this.alias}:${id}`), budget };
    }
    return this.#stage;
  }

  newTally(figures?: Figures, series?: string): ShadowTally {
    const policy = this.policyNow();
    return new ShadowTally(policy.similarityThreshold, measureOf(policy), figures, series);
  }
}

/** The settings that make sums comparable. */
function comparisonIn({ comparisonMode, similarityThreshold, maxTemporalDriftMs }: ShadowPolicy): string {
  return [comparisonMode, similarityThreshold, maxTemporalDriftMs].join();
}
