/** Where a client sends its requests: the provider itself, or the gateway. */
export interface Place {
  readonly name: 'direct' | 'gateway';
  /** Without a version segment. */
  readonly origin: string;
  readonly apiKey: string;
  /** Forgets the calls that the provider has seen, and takes them up again. */
  readonly seen: () => readonly Readonly<Record<string, unknown>>[];
}

/** The result of each exercise, by its name. */
export type Results = Readonly<Record<string, unknown>>;

/** A client of other people's, unchanged but for address and key. */
export interface Client {
  readonly name: string;
  readonly version: string;
  /** Installs it where it is not there yet. @throws {NotInstalled} */
  prepare(): Promise<void>;
  run(place: Place): Promise<Results>;
}

/** The client cannot be had on this machine. */
export class NotInstalled extends Error {}

/** Runs the exercises one after the other. An error that one raises is its result. */
export async function each(exercises: Readonly<Record<string, () => Promise<unknown>>>): Promise<Results> {
  const results: Record<string, unknown> = {};
  for (const [name, exercise] of Object.entries(exercises)) {
    try {
      results[name] = await exercise();
    } catch (error) {
      results[name] = { raised: error instanceof Error ? `${error.name}: ${error.message}` : String(error) };
    }
  }
  return results;
}
