/**
 * Works a value out once for each pair of objects. The values live as long as the first object, which may meet only a
 * few of the second kind.
 */
export class OncePer<First extends object, Second extends object, Value> {
  readonly #known = new WeakMap<First, Map<Second, { readonly value: Value }>>();

  constructor(private readonly work: (first: First, second: Second) => Value) {}

  of(first: First, second: Second): Value {
    let known = this.#known.get(first);
    if (!known) this.#known.set(first, (known = new Map<Second, { readonly value: Value }>()));
    let entry = known.get(second);
    if (!entry) known.set(second, (entry = { value: this.work(first, second) }));
    return entry.value;
  }
}
