import type { OnTrial } from '../domain/timetable.js';
import type { Version } from '../domain/version.js';

/** Why a request went where it went. */
export type AssignmentReason = 'weighted' | 'sticky' | 'forced';

/** The environment chosen for one request, and why. Immutable; a later shift does not touch it. */
export interface Assignment {
  readonly route: string;
  readonly environment: string;
  readonly version: Version;
  readonly reason: AssignmentReason;
  /** The caller asked for a mirror of this request (`X-Route-Policy: shadow`), whatever the percentage. */
  readonly mirror?: true;
  /** Its conversation stays where it began, although the weights now say otherwise. */
  readonly pinned?: true;
  /** The maker of what its conversation holds. The weights would have sent it elsewhere. */
  readonly bound?: true;
  /** Hash of the sticky key: counts units without storing keys. Absent when the request is its own unit. */
  readonly unit?: number;
  /** Hash of the name of the access key that the caller used, if it used one. */
  readonly accessKey?: number;
  /** The conversation that it belongs to, if the caller names one. For traces. */
  readonly conversation?: string;
  /** The agent's run that it belongs to, if the caller names one: people may score a run as a whole. */
  readonly episode?: string;
  /** Hash of the value that the rollout groups requests by, if it does and the request has one. */
  readonly group?: number;
  /** The route's evidence counts from this revision on… */
  readonly epoch: number;
  /** …and its weights have been the same since this one. */
  readonly segment: number;
  /** The rollout that compares the request. Absent: none does. */
  readonly onTrial?: OnTrial | undefined;
}
