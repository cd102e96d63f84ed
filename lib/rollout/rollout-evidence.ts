import type { AgeEvidence, Compared, MeanEvidence, RolloutEvidence } from '../analysis/figures.js';
import { unitMean } from '../analysis/evidence/bucket-means.js';
import type { ClaimCounts } from '../analysis/evidence/starts.js';
import { figuresOf } from '../analysis/gates/gates.js';
import type { EventCounts } from '../domain/figures.js';
import type { Rollout, RouteState, Segment } from '../domain/state.js';
import type { Telemetry } from '../telemetry/telemetry.js';
import type { Trial, UnitEvent } from '../telemetry/trial.js';

/** The evidence for the gates of a running rollout, from the figures. */
export function rolloutEvidence(
  route: RouteState,
  rollout: Rollout,
  telemetry: Telemetry,
  now: number,
): RolloutEvidence {
  const { alias, epoch, segment } = route;
  const { from, to, plan } = rollout;
  const trial = telemetry.trial(alias, epoch);
  // Revisions before the epoch belong to versions that are gone.
  const segments = rollout.segments.filter(({ revision }) => revision >= epoch);
  const counts = new Counts(trial, segments, { canary: to, baseline: from });
  const { strata = [] } = plan;
  const limits = telemetry.ageLimitsOf(alias);
  const age = (name: string): AgeEvidence => ({
    limits: limits.find(({ gate }) => gate === name)?.limits,
    claims: counts.claims(`older:${name}`),
  });
  const mean = (name: string): MeanEvidence => ({
    canary: unitMean(trial.samples(name, to)),
    baseline: unitMean(trial.samples(name, from)),
    ...(telemetry.isScorable(name) ? {} : { unreadable: true as const }),
  });
  const present = { canary: trial.sampled(to, segment), baseline: trial.sampled(from, segment) };
  const samplesOf = (name: string): number =>
    segments.reduce((sum, { revision }) => sum + trial.sampled(name, revision).samples, 0);
  const read = plan.gates.map((gate) => ({ name: gate.name, ...figuresOf(gate) }));
  const ageGates = read.filter(({ counts: counted }) => counted?.event === 'age');
  const meansRead = read.flatMap((gate) => gate.mean ?? []);
  return {
    canary: telemetry.evidence(alias, to, epoch, segment, now),
    baseline: telemetry.evidence(alias, from, epoch, segment, now),
    shares: segments.map(({ share }) => share),
    strata,
    units: { canary: present.canary.units, baseline: present.baseline.units },
    samples: {
      inSegment: { canary: present.canary.samples, baseline: present.baseline.samples },
      sinceStart: { canary: samplesOf(to), baseline: samplesOf(from) },
    },
    names: { canary: to, baseline: from },
    failures: counts.compared('own', strata),
    refusals: counts.compared('refusal', strata),
    wrongAnswers: counts.compared('wrongAnswer', strata),
    faults: added(segments.map(({ revision }) => trial.events('fault', to, revision))),
    rescues: trial.rescues(to, from),
    exposures: segments.map(({ revision, share }) => ({
      weights: [share, 1 - share],
      units: [to, from].map((name) => sumOf(trial.events('exposure', name, revision))),
    })),
    ages: Object.fromEntries(ageGates.map(({ name }) => [name, age(name)])),
    means: Object.fromEntries(meansRead.map((name) => [name, mean(name)])),
    age: now - rollout.startedAt,
  };
}

/** Units of both environments by their events, under all weights of a rollout. */
class Counts {
  constructor(
    private readonly trial: Trial,
    private readonly segments: readonly Segment[],
    private readonly names: RolloutEvidence['names'],
  ) {}

  compared(event: UnitEvent, strata: readonly string[]): Compared {
    const parts = strata.map((name) => [name, this.claims(event, name)] as const);
    return { all: this.claims(event), strata: Object.fromEntries(parts.filter(([, claims]) => claims.length > 0)) };
  }

  /** Counts under equal shares of the canary are added up: a gate tells them apart by nothing else. */
  claims(event: UnitEvent, stratum?: string): ClaimCounts[] {
    const cells = new Map<string, Omit<ClaimCounts, Arm> & Record<Arm, number>>();
    for (const { revision, share } of this.segments) {
      for (const arm of ARMS) {
        for (const { previous, start, events } of this.trial.events(event, this.names[arm], revision, stratum)) {
          const key = `${previous} ${start} ${share}`;
          const cell = cells.get(key) ?? { previous, start, share, canary: 0, baseline: 0 };
          cell[arm] += events;
          cells.set(key, cell);
        }
      }
    }
    return [...cells.values()];
  }
}

type Arm = 'canary' | 'baseline';
const ARMS: readonly Arm[] = ['canary', 'baseline'];

function added(bySegment: readonly (readonly EventCounts[])[]): EventCounts[] {
  const sums = new Map<string, EventCounts>();
  for (const { previous, start, events } of bySegment.flat()) {
    const key = `${previous} ${start}`;
    sums.set(key, { previous, start, events: (sums.get(key)?.events ?? 0) + events });
  }
  return [...sums.values()];
}

function sumOf(counts: readonly EventCounts[]): number {
  return counts.reduce((sum, { events }) => sum + events, 0);
}
