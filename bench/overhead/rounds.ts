export function median(values: readonly number[]): number {
  const ascending = values.toSorted((a, b) => a - b);
  const last = ascending.length - 1;
  return (ascending[Math.floor(last / 2)]! + ascending[Math.ceil(last / 2)]!) / 2;
}

/** The least and the greatest, for people. */
export function spread(values: readonly number[]): string {
  return `${Math.min(...values).toFixed(2)}–${Math.max(...values).toFixed(2)}`;
}
