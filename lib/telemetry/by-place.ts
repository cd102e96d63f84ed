interface Kept<T> {
  readonly value: T;
  /** Rises with every use of anything here. */
  used: number;
}

/**
 * Something of every version in its slot, made when it is first asked for. Found by its three names as they are: a key
 * put together of them would cost a request more than what is found. Beyond `max` the one that was idle longest is
 * forgotten.
 */
export class ByPlace<T> {
  /** Route → environment → version. */
  readonly #routes = new Map<string, Map<string, Map<string, Kept<T>>>>();
  #size = 0;
  #uses = 0;

  constructor(
    private readonly max: number,
    private readonly make: (route: string, environment: string, version: string) => T,
    private readonly onForgotten: (value: T) => void = () => {},
  ) {}

  get(route: string, environment: string, version: string): T {
    const kept = this.#find(route, environment, version) ?? this.#add(route, environment, version);
    kept.used = ++this.#uses;
    return kept.value;
  }

  /** The same without making or using it. */
  peek(route: string, environment: string, version: string): T | undefined {
    return this.#find(route, environment, version)?.value;
  }

  #find(route: string, environment: string, version: string): Kept<T> | undefined {
    return this.#routes.get(route)?.get(environment)?.get(version);
  }

  #add(route: string, environment: string, version: string): Kept<T> {
    if (this.#size >= this.max) this.#forgetIdlest();
    let environments = this.#routes.get(route);
    if (!environments) this.#routes.set(route, (environments = new Map<string, Map<string, Kept<T>>>()));
    let versions = environments.get(environment);
    if (!versions) environments.set(environment, (versions = new Map<string, Kept<T>>()));
    const kept = { value: this.make(route, environment, version), used: 0 };
    versions.set(version, kept);
    this.#size++;
    return kept;
  }

  #forgetIdlest(): void {
    let idlest: { readonly of: Map<string, Kept<T>>; readonly version: string; readonly kept: Kept<T> } | undefined;
    for (const environments of this.#routes.values()) {
      for (const of of environments.values()) {
        for (const [version, kept] of of) {
          if (!idlest || kept.used < idlest.kept.used) idlest = { of, version, kept };
        }
      }
    }
    if (!idlest) return;
    idlest.of.delete(idlest.version);
    this.#size--;
    this.onForgotten(idlest.kept.value);
  }
}
