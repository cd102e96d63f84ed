import type { Outcome } from '../domain/outcome.js';
import type { Usage } from '../domain/usage.js';
import type { WatchedCall } from './age-watch.js';

/** Where a request was sent first. */
export interface Placement {
  readonly route: string;
  /** The environment that was *assigned*: it is charged, whoever answered in the end. */
  readonly environment: string;
  readonly version: string;
  /** Hash of the sticky key; absent when the request is its own unit. */
  readonly unit?: number | undefined;
  readonly epoch: number;
  readonly segment: number;
  /** The weights did not place it: it was forced, or pinned to where it began. No part of what relies on chance. */
  readonly offSplit?: true | undefined;
}

/** What an environment made of a request that was assigned to it. */
export interface Verdict extends Placement {
  /** Wall time, milliseconds since the epoch. */
  readonly at: number;
  /**
   * Its first failure (one that counts against it before others), even when a retry or the fallback saved the caller.
   */
  readonly outcome: Outcome;
}

/** A model answered that is not the one configured: the provider's alias means another one now. */
export interface ModelDrift {
  readonly expected: string;
  /** As the answer names it. */
  readonly answered: string;
}

/** The record of one request, made when it has ended: for a stream, when the stream has. Holds no content. */
export interface Observation extends Verdict {
  readonly requestId: string;
  /** What the caller got. */
  readonly callerOutcome: Outcome;
  /** Who answered; absent when nobody did. */
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

/** Takes in what was seen. Called on the request path: has to be quick and must not throw. */
export interface Observer {
  /** Once per request, when it is assigned. What it returns, if anything, is told of its first token and its end. */
  begin(placement: Placement, isStream: boolean): WatchedCall | undefined;
  /** Once per request, as soon as the verdict is known: a failure is one before its rescue has even begun. */
  charge(verdict: Verdict): void;
  /** Once per request, when it has ended. */
  observe(observation: Observation): void;
}
