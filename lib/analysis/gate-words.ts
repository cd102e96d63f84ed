/** A fraction as people read it. */
export function percent(value: number): string {
  return `${Number((value * 100).toFixed(2))} %`;
}

export function times(ratio: number): string {
  return `${Number(ratio.toFixed(2))}×`;
}

/** Enough of the digits to tell amounts and scores apart. */
export function figure(value: number): string {
  return String(Number(value.toPrecision(3)));
}
