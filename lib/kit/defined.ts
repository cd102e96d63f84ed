type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Without the keys whose value is `undefined`, so that they do not hide a default. */
export function defined<T extends object>(values: T | undefined): Defined<T> {
  return Object.fromEntries(Object.entries(values ?? {}).filter(([, value]) => value !== undefined)) as Defined<T>;
}
