interface Kept<T> {
  readonly value: T;
  /** The versions of its slot, and its own. */
  readonly of: Map<string, Kept<T>>;
  readonly version: string;
}

/**
 * A value for every version in its slot, made at its first use. The three names are looked up one by one: joining them
 * to a key would cost a request more than the look-up. Beyond `max` values the one that was idle longest is forgotten.
 */
export class ByPlace<T> {
  /** Route → environment → version. */
  readonly #routes = new Map<string, Map<string, Map<string, Kept<T>>>>();
  /** In the order of their last use. */
  readonly #queue = new Set<Kept<T>>();
  #newest: Kept<T> | undefined;

  constructor(
    private readonly max: number,
    private readonly make: (route: string, environment: string, version: string) => T,
    private readonly onForgotten: (value: T) => void = () => {},
    /** Called when one is forgotten for want of room. */
    private readonly onFull: () => void = () => {},
  ) {}

  get(route: string, environment: string, version: string): T {
    const kept = this.#find(route, environment, version);
    if (!kept) return this.#add(route, environment, version).value;
    // A request uses its place several times in a row.
    if (kept !== this.#newest) {
      this.#queue.delete(kept);
      this.#queue.add(kept);
      this.#newest = kept;
    }
    return kept.value;
  }

  /** The same without making or using it. */
  peek(route: string, environment: string, version: string): T | undefined {
    return this.#find(route, environment, version)?.value;
  }

  /** Forgets the values of all versions in this slot. */
  forget(route: string, environment: string): void {
    const versions = this.#routes.get(route)?.get(environment);
    if (!versions) return;
    const all = [...versions.values()];
    versions.clear();
    for (const kept of all) {
      this.#queue.delete(kept);
      if (kept === this.#newest) this.#newest = undefined;
      this.onForgotten(kept.value);
    }
  }

  #find(route: string, environment: string, version: string): Kept<T> | undefined {
    return this.#routes.get(route)?.get(environment)?.get(version);
  }

  #add(route: string, environment: string, version: string): Kept<T> {
    if (this.#queue.size >= this.max) this.#forgetIdlest();
    let environments = this.#routes.get(route);
    if (!environments) this.#routes.set(route, (environments = new Map<string, Map<string, Kept<T>>>()));
    let versions = environments.get(environment);
    if (!versions) environments.set(environment, (versions = new Map<string, Kept<T>>()));
    const value = this.make(route, environment, version);
    const kept: Kept<T> = { value, of: versions, version };
    versions.set(version, kept);
    this.#queue.add(kept);
    this.#newest = kept;
    return kept;
  }

  #forgetIdlest(): void {
    const [idlest] = this.#queue;
    if (!idlest) return;
    this.#queue.delete(idlest);
    idlest.of.delete(idlest.version);
    this.onForgotten(idlest.value);
    this.onFull();
  }
}
