/** The samples of the two compared environments, or of one of them. */
interface Seen {
  /** Requests with a verdict. */
  readonly requests: number;
  /** Their units, each counted once in each stretch between starting points. */
  readonly samples: number;
}

/** Why `needed` samples are not there, in words; `undefined` when they are. One user says little, however often. */
export function tooFewOf({ requests, samples }: Seen, needed: number): string | undefined {
  if (requests < needed) return `${requests} of the ${needed} requests it needs`;
  if (samples < needed) return `${samples} of the ${needed} samples it needs: a user counts once in each stretch`;
  return undefined;
}
