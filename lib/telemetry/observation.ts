import type { Outcome } from '../domain/outcome.js';
import type { Usage } from '../domain/usage.js';

/** The record of one request, made when it has ended: for a stream, when the stream has. Holds no content. */
export interface Observation {
  /** Wall time at the end, milliseconds since the epoch. */
  readonly at: number;
  readonly requestId: string;
  readonly route: string;
  /** The environment that was *assigned*: it is charged, whoever answered in the end. */
  readonly environment: string;
  readonly version: string;
  readonly unit?: number | undefined;
  readonly epoch: number;
  readonly segment: number;
  /** What the assigned environment made of it: its first failure (one that counts against it before others), even when a retry or the fallback saved the caller. */
  readonly outcome: Outcome;
  /** What the caller got. */
  readonly callerOutcome: Outcome;
  /** Who answered; absent when nobody did. */
  readonly answeredBy?: { readonly environment: string; readonly version: string } | undefined;
  readonly attempts: number;
  /** From the request to the end of the answer, milliseconds. */
  readonly latency: number;
  /** From the request to the first token, milliseconds. Streams only. */
  readonly timeToFirstToken?: number | undefined;
  readonly usage?: Usage | undefined;
  /** US dollars; absent when the model has no known price. */
  readonly cost?: number | undefined;
}

/** Takes in what was observed. Called once per request, on its path: has to be quick and must not throw. */
export type Observer = (observation: Observation) => void;
