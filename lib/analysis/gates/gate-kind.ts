import { z } from 'zod';
import type { GateResult } from '../../domain/events.js';
import type { Gate, GateRole, OnFail } from '../../domain/plan.js';
import { duration } from '../../validation/duration.js';
import { count } from '../../validation/fields.js';
import type { RolloutEvidence } from '../figures.js';

/** The figures of one gate. Telemetry gathers and the journal records only what some gate of the plan names here. */
export interface GateFigures {
  /** The event that the gate counts. A unit counts once, at its first one. */
  readonly counts?: UnitCount | undefined;
  /** The mean that it reads: `cost`, or the scores of this evaluator. */
  readonly mean?: string | undefined;
  /** The quantile of times that it reads. */
  readonly quantile?: number | undefined;
}

/** `failure`: own failures and refusals, each by itself. `fault`: failures that count against the environment. */
type UnitCount = { readonly event: 'failure' | 'fault' | 'wrongAnswer' } | ({ readonly event: 'age' } & AgeRule);

/** A request counts once it is older than this quantile of the live environment's times, plus the tolerance. */
export interface AgeRule {
  readonly of: 'latency' | 'timeToFirstToken';
  readonly quantile: number;
  /** 0.2: a fifth longer than the quantile. */
  readonly tolerance: number;
  /** Times of the live environment that it takes to find the quantile. */
  readonly minSampleSize: number;
}

/**
 * A gate that may be looked at at every moment: the probability that it ever fails a good environment is at most
 * `alpha`, over the whole rollout.
 */
export interface AnytimeGate extends Gate {
  /** Its part of the plan's `alphaTotal`, in (0, 1). */
  readonly alpha: number;
}

/** A gate as people write it, once its fields have been checked one by one. */
export interface WrittenGate {
  readonly name?: string | undefined;
  readonly kind: string;
  readonly compare?: 'absolute' | 'baseline' | undefined;
  readonly minSampleSize: number;
  readonly role: GateRole;
  readonly onFail?: OnFail | undefined;
  readonly initialDelay?: number | undefined;
  readonly alpha?: number | undefined;
}

/** The same with the fields of one kind, its limit among them. */
export type WrittenWith<Fields extends z.ZodRawShape, Limit extends keyof Fields> = WrittenGate &
  Omit<z.output<z.ZodObject<Fields>>, Limit> & { readonly [Name in Limit]: number };

/** Two fields of a written gate that do not go together. */
export interface WrittenProblem {
  readonly field: string;
  readonly message: string;
  readonly remedy: string;
}

/** The part of a gate that depends on its kind. The rest every gate has. */
type OwnFields<G extends Gate> = Omit<G, 'name' | 'role' | 'onFail' | 'minSampleSize' | 'initialDelay' | 'alpha'>;

/**
 * All that is known of one kind of gate: how people write it, which figures it needs, and what it makes of them.
 * Everybody else asks this object; nobody else tells kinds apart.
 */
export interface GateKind<G extends Gate = Gate, Written extends WrittenGate = WrittenGate> {
  readonly test: G['test'];
  /** The values of `kind` that it can be written with. */
  readonly writtenAs: readonly G['kind'][];
  /** The field that has its limit. Together with `kind` it tells which gate is meant. */
  readonly limit: 'max' | 'min' | 'tolerance';
  /** A switch that has to be on as well; without it another gate with the same limit is meant. */
  readonly flag?: string;
  /** It compares error rates, and has one half of the plan's `alphaTotal`. */
  readonly hasHalf?: true;
  /** It uses up a part of the plan's `alphaTotal`, once for the whole rollout. */
  readonly hasAlpha?: true;
  /** Finds fields that do not go together. */
  problem?(written: Written): WrittenProblem | undefined;
  /** The gate, but for the fields that all gates have. */
  parse(written: Written): OwnFields<G>;
  /** The figures that it reads. */
  figures(gate: G): GateFigures;
  /** The unit of its figure and of its limit, where that is milliseconds. */
  inMilliseconds?(gate: G): boolean;
  /** Reads the gate on the evidence. */
  read(gate: G, evidence: RolloutEvidence): GateResult;
}

/** Fields that every gate can be written with. */
export const everyGate = {
  /** For people: names the gate in events, status and log. Default: from what it reads, like `latency-p99`. */
  name: z.string().min(1).optional(),
  /**
   * `absolute`: the figure itself, the default for limits. `baseline`: how far it is above the live environment's;
   * always so with a `tolerance`.
   */
  compare: z.enum(['absolute', 'baseline']).optional(),
  /**
   * Samples needed in what is compared before the gate lets a rollout go on: a unit counts once in each stretch. A
   * plain limit counts requests. Default 50.
   */
  minSampleSize: count.min(1).default(50),
  /**
   * `guardrail` (default) must not get worse. `signal` is what is hoped for: it holds, never reverts. `dryRun` is read
   * and recorded and does nothing.
   */
  role: z.enum(['guardrail', 'signal', 'dryRun']).default('guardrail'),
  /** Default: `rollback` for a guardrail, `hold` for a signal, `warn` for a dry run. */
  onFail: z.enum(['rollback', 'hold', 'warn']).optional(),
  /** The gate is not read while the rollout is younger. Default 0. */
  initialDelay: duration.optional(),
  /** Its own part of `alphaTotal`, in (0, 0.5). Default: what is left, evenly. Not for plain limits. */
  alpha: z.number().gt(0).lt(0.5).optional(),
};

/** Which quantile of the times, e.g. 0.99. Left out: with `max` their mean, with `tolerance` 0.95. */
export const quantile = z.number().gt(0).lt(1).optional();

/** For gates with a `tolerance`: it is always against the live environment. */
export function toleranceProblem({ compare }: WrittenGate, limit: 'max' | 'min'): WrittenProblem | undefined {
  if (compare !== 'absolute') return undefined;
  return {
    field: 'compare',
    message: `a tolerance compares with the live environment: write "${limit}" for a fixed limit`,
    remedy: 'Leave compare out.',
  };
}
