/** Requests a minute, of both arms: what rules that look at the clock go by. */
export const PER_MINUTE = 600;

/** A request of the canary or of the baseline, when it has ended. */
export interface PlayedRequest {
  readonly isCanary: boolean;
  /** Absent: it is a unit of its own. */
  readonly unit?: number | undefined;
  readonly failed: boolean;
  /** It is the first failure of its unit. */
  readonly isFirst: boolean;
  /** It failed, and the other environment answered in its place. */
  readonly rescued: boolean;
}

/** A rule that decides whether a rollout is reverted. Every method says whether it is, now. */
export interface Rule {
  /** From here on the canary has this share, in [0, 1]. */
  begin(share: number): void;
  request(request: PlayedRequest): boolean;
  minute(): boolean;
}
