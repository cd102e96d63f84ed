import type { Ask, Reply } from './world.js';

/** A request as a decider sees it, when it has ended. One object, rewritten for each. */
export interface Seen {
  readonly ask: Ask;
  readonly reply: Reply;
  isCanary: boolean;
  /** Hash of the key, 32 bits; −1: a unit of its own. */
  unit: number;
  /** The canary failed, and the live environment takes the same request. */
  liveTakes: boolean;
  /** Time since the beginning as the clock has it, milliseconds. */
  clock: number;
}

/** Something that decides on a rollout. */
export interface Decider {
  /** From here on the canary has this share; `segment` counts the changes. */
  begin(share: number, segment: number): void;
  /** Whether it reverts. */
  request(seen: Seen): boolean;
  /** Every 30 seconds. Whether it reverts. */
  tick(at: number): boolean;
  /** At the end of a step: whether it may be left. */
  mayAdvance(at: number): boolean;
  /** All it has counted is lost. */
  lose(): void;
}
