interface Of<Type extends string> {
  readonly type: Type;
  readonly route: string;
  /** Wall time, milliseconds since the epoch. */
  readonly at: number;
  /** One sentence for people. */
  readonly message: string;
}

/** A problem with the mirrors of a route. Raised once, and again when it comes back. */
export type ShadowAlert =
  | (Of<'response_drift'> & {
      /** Number of pairs that were judged. */
      readonly pairs: number;
      /** `null` when no pair had texts to compare. */
      readonly meanSimilarity: number | null;
      /** Share of the pairs outside the token tolerance; `null` when no pair had token counts. */
      readonly outsideTolerance: number | null;
      /** Share of the pairs outside the limit on time; `null` without that limit. */
      readonly outsideTime: number | null;
      /** The request whose two answers alone drift. Absent when the last pairs do. */
      readonly requestId?: string | undefined;
    })
  | (Of<'no_mirrors'> & {
      /** Wall time of the first mirror that was wanted and did not succeed. */
      readonly since: number;
      /** Number of such mirrors. */
      readonly wanted: number;
    })
  | (Of<'shadow_budget'> & { readonly spentUsd: number; readonly budgetUsd: number });
