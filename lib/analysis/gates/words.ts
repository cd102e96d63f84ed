/** A fraction as people read it. */
export function percent(value: number): string {
  return `${Number((value * 100).toFixed(2))}%`;
}

export function times(ratio: number): string {
  return `${Number(ratio.toFixed(2))}×`;
}

/** Enough of the digits to tell amounts and scores apart. */
export function figure(value: number): string {
  return String(Number(value.toPrecision(3)));
}

/** So many of something that is counted: `1 user`, `2 users`. */
export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
