/**
 * Values that are worked out once for each pair of objects. They are kept for as long as the first of the two, which may
 * meet no more than a few of the second.
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
