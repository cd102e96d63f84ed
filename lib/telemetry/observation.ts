import type { Judged } from '../domain/arbitration.js';
import type { OnTrial } from '../domain/timetable.js';
import type { Outcome } from '../domain/outcome.js';
import type { Usage } from '../domain/usage.js';

/** The first destination of a request. */
export interface Placement {
  readonly route: string;
  /** The environment that was *assigned*. It is charged, even if another one answered in the end. */
  readonly environment: string;
  readonly version: string;
  /** Hash of the sticky key; absent when the request is its own unit. */
  readonly unit?: number | undefined;
  /** Hash of the access key's name. Anybody with the key can invent units. Absent for calls without one. */
  readonly accessKey?: number | undefined;
  readonly epoch: number;
  readonly segment: number;
  /** Parts of the traffic that it belongs to, by what was asked: they are also compared by themselves. */
  readonly strata?: readonly string[] | undefined;
  /** The rollout that compares it. Absent: none does. */
  readonly onTrial?: OnTrial | undefined;
  /**
   * Not placed by the weights: it was forced, or pinned to where it began. It does not count in comparisons, which rely
   * on chance.
   */
  readonly offSplit?: true | undefined;
  /** The weights would have sent it elsewhere: only this environment can read what its conversation holds. */
  readonly bound?: true | undefined;
  /** Its times and its cost are not compared: its unit may have met a cold cache. Set by {@link Observer.arrives}. */
  readonly mayBeCold?: true | undefined;
}

/** The outcome of a request for the environment that it was assigned to. */
export interface Verdict extends Placement, Judged {
  /** Wall time, milliseconds since the epoch. */
  readonly at: number;
  /**
   * Its first failure (one that counts against it before others), even when a retry or the fallback saved the caller.
   */
  readonly outcome: Outcome;
}

/** Another model answered than the configured one: the provider's alias has a new meaning. */
export interface ModelDrift {
  readonly expected: string;
  /** As the answer names it. */
  readonly answered: string;
}

/** The record of one request, made when it has ended: for a stream, when the stream has. Holds no content. */
export interface Observation extends Verdict {
  readonly requestId: string;
  /** The outcome for the caller. */
  readonly callerOutcome: Outcome;
  /** The environment and version that answered; absent without an answer. */
  readonly answeredBy?: { readonly environment: string; readonly version: string } | undefined;
  readonly attempts: number;
  /** Those of them that asked an environment again. Absent: none. */
  readonly retries?: number | undefined;
  /** From the request to the end of the answer, milliseconds. */
  readonly latency: number;
  /** From the request to the first token, milliseconds. Streams only. */
  readonly timeToFirstToken?: number | undefined;
  readonly usage?: Usage | undefined;
  /** US dollars; absent when the model has no known price. */
  readonly cost?: number | undefined;
  readonly modelDrift?: ModelDrift | undefined;
}

/** A request whose age is watched. */
export interface WatchedCall {
  firstToken(): void;
  /** It has ended, or its caller has left: it grows no older. */
  ended(): void;
}

/** Receives observations. Called on the request path: has to be quick and must not throw. */
export interface Observer {
  /** Once per request, before all else. Returns the placement to use from then on. */
  arrives(placement: Placement): Placement;
  /**
   * Once per request, when it is assigned. The returned object, if any, is told when its first token and its end come.
   */
  begin(placement: Placement, isStream: boolean): WatchedCall | undefined;
  /** Once per request, as soon as the verdict is known: a failure is one before its rescue has even begun. */
  charge(verdict: Verdict): void;
  /** Once per request, when it has ended. */
  observe(observation: Observation): void;
}
