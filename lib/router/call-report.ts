import type { CallWarning } from '../upstream/call-warning.js';
import type { Attempt } from './attempts.js';

/** Facts about a call that its caller gets with the answer. */
export interface CallReport {
  readonly requestId: string;
  readonly route: string;
  /** The environment that answered. */
  readonly environment: string;
  /** Tag of the version that answered. */
  readonly version: string;
  /** The model that answered, as the provider names it; as configured until it has. */
  readonly upstreamModel?: string | undefined;
  /** An environment other than the assigned one answered. */
  readonly fallback: boolean;
  readonly attempts: readonly Attempt[];
  /** Parts of the request that the environment that answered did without. Absent: none. */
  readonly warnings?: readonly CallWarning[] | undefined;
}
