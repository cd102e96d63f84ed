/** Changes the count of a kind. A kind with a count of 0 is removed. */
export function count<Kind>(counts: Map<Kind, number>, kind: Kind, change = 1): void {
  const left = (counts.get(kind) ?? 0) + change;
  if (left > 0) counts.set(kind, left);
  else counts.delete(kind);
}
