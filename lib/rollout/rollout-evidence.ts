import type { AgeEvidence, MeanEvidence, RolloutEvidence } from '../analysis/figures.js';
import { unitMean } from '../analysis/evidence/bucket-means.js';
import type { SegmentFailures } from '../analysis/failure-evidence.js';
import { figuresOf } from '../analysis/gates/gates.js';
import type { Rollout, RouteState } from '../domain/state.js';
import type { Telemetry } from '../telemetry/telemetry.js';
import type { UnitEvent } from '../telemetry/trial.js';

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
  const unitsOf = (event: UnitEvent): SegmentFailures[] =>
    segments.map(({ revision, share }) => ({
      share,
      canary: trial.units(event, to, revision),
      baseline: trial.units(event, from, revision),
    }));
  const limits = telemetry.ageLimitsOf(alias);
  const age = (name: string): AgeEvidence => ({
    limits: limits.find(({ gate }) => gate === name)?.limits,
    segments: unitsOf(`older:${name}`),
  });
  const mean = (name: string): MeanEvidence => ({
    canary: unitMean(trial.samples(name, to)),
    baseline: unitMean(trial.samples(name, from)),
    ...(telemetry.isScorable(name) ? {} : { unreadable: true as const }),
  });
  const read = plan.gates.map((gate) => ({ name: gate.name, ...figuresOf(gate) }));
  const ageGates = read.filter(({ counts }) => counts?.event === 'age');
  const meansRead = read.flatMap((gate) => gate.mean ?? []);
  return {
    canary: telemetry.evidence(alias, to, epoch, segment, now),
    baseline: telemetry.evidence(alias, from, epoch, segment, now),
    units: { canary: trial.sampled(to, segment), baseline: trial.sampled(from, segment) },
    names: { canary: to, baseline: from },
    failures: unitsOf('own'),
    refusals: unitsOf('refusal'),
    faults: unitsOf('fault'),
    wrongAnswers: unitsOf('wrongAnswer'),
    rescues: trial.rescues(to, from, segment),
    exposures: unitsOf('exposure').map(({ share, canary, baseline }) => ({
      weights: [share, 1 - share],
      units: [canary, baseline],
    })),
    ages: Object.fromEntries(ageGates.map(({ name }) => [name, age(name)])),
    means: Object.fromEntries(meansRead.map((name) => [name, mean(name)])),
    age: now - rollout.startedAt,
  };
}
