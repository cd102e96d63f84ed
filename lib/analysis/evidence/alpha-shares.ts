/** A gate that may revert by chance, or the fast trip. */
export interface AlphaClaim {
  readonly name: string;
  /** `error`: the comparison of error rates, which has half of it. */
  readonly kind: 'error' | 'other';
  /** Its own, as the user wrote it. */
  readonly alpha?: number | undefined;
}

/**
 * Splits the probability of a false rollback: one half to the comparison of error rates, the other half over all else
 * that reverts, the trip included. So a plan may have more gates without making the first one slower. A half without
 * a taker goes to the other. Shares given by hand are taken off first.
 *
 * @param total probability of a false rollback for the whole plan, in (0, 0.5).
 * @returns alpha by name; `undefined` when gates with an alpha of their own leave nothing for the others.
 */
export function alphaShares(total: number, claims: readonly AlphaClaim[]): ReadonlyMap<string, number> | undefined {
  const given = claims.reduce((sum, { alpha = 0 }) => sum + alpha, 0);
  const open = claims.filter(({ alpha }) => alpha === undefined);
  const left = total - given;
  if (open.length > 0 && !(left > 0)) return undefined;
  const count = (kind: AlphaClaim['kind']): number => open.filter((claim) => claim.kind === kind).length;
  const isMixed = count('error') > 0 && count('other') > 0;
  const half = isMixed ? left / 2 : left;
  return new Map(claims.map(({ name, kind, alpha }) => [name, alpha ?? half / count(kind)]));
}
