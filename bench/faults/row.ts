import type { Extras, Form, Rig } from './rig.js';

/**
 * How a row ended. `rescued`: the caller has the whole answer. `clean error`: the caller has a typed error. `let go`:
 * the caller had left, and so did we.
 */
export type Outcome = 'rescued' | 'clean error' | 'let go';

/** The findings of a row. */
export interface Finding {
  readonly outcome: Outcome;
  /** The answer to the caller, in a few words. */
  readonly caller: string;
  /** Milliseconds that the caller waited. */
  readonly took: number;
  /** The calls that the provider saw, where the usual count of attempts says too little. */
  readonly provider?: string;
  /** Broken promises, each with its reason. */
  readonly violations: readonly string[];
}

/** One fault in one form. */
export interface Row {
  readonly fault: string;
  readonly form: Form;
  /** How long it takes when all is well. */
  readonly seconds: number;
  readonly extras?: Extras | undefined;
  run(rig: Rig): Promise<Finding>;
}

export function titleOf({ fault, form }: Row): string {
  return `${fault} · ${form}`;
}

/** A call that takes this much longer than it should is hung; less than that is a busy machine. */
const AIR_MS = 20_000;

/** Milliseconds to wait before a call counts as hanging: what it should take, and air for a busy machine. */
export function deadlineOf(seconds: number): number {
  return seconds * 1000 + AIR_MS;
}
