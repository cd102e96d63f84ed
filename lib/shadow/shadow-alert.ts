interface Of<Type extends string> {
  readonly type: Type;
  readonly route: string;
  /** Wall time, milliseconds since the epoch. */
  readonly at: number;
  /** One sentence for people. */
  readonly message: string;
}

/** Something about the mirrors of a route that somebody should know. Raised once, and again after it was over. */
export type ShadowAlert =
  | (Of<'response_drift'> & {
      /** Pairs that it was judged on. */
      readonly pairs: number;
      /** `null` when no pair had texts to compare. */
      readonly meanSimilarity: number | null;
      /** Share of the pairs outside the token tolerance; `null` when no pair had token counts. */
      readonly outsideTolerance: number | null;
    })
  | (Of<'no_mirrors'> & {
      /** Wall time of the first mirror that was wanted and not recorded. */
      readonly since: number;
      /** How many were. */
      readonly wanted: number;
    })
  | (Of<'shadow_budget'> & { readonly spentUsd: number; readonly budgetUsd: number });
