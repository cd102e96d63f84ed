/** Counts more of a kind, or fewer; a kind of which none is left is let go of. */
export function count<Kind>(counts: Map<Kind, number>, kind: Kind, change = 1): void {
  const left = (counts.get(kind) ?? 0) + change;
  if (left > 0) counts.set(kind, left);
  else counts.delete(kind);
}
