/** Requests a minute, of both arms: what rules that look at the clock go by. */
export const PER_MINUTE = 600;

/** What decides whether a rollout is reverted. Every method says whether it is, now. */
export interface Rule {
  /** From here on the canary has this share, in [0, 1]. */
  begin(share: number): void;
  /** @param isFirst of a unit that has not failed before. */
  request(isCanary: boolean, failed: boolean, isFirst: boolean): boolean;
  minute(): boolean;
}
