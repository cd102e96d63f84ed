import type { EventCounts } from '../domain/figures.js';

/** Sums of units by the starting points of their previous event and of this one. */
export class UnitEvents {
  readonly #counts = new Map<string, number>();

  /** @param field as {@link eventField} writes it. */
  add(field: string, units = 1): void {
    this.#counts.set(field, (this.#counts.get(field) ?? 0) + units);
  }

  merge(other: UnitEvents): void {
    for (const [field, units] of other.#counts) this.add(field, units);
  }

  /** By their fields. */
  entries(): Iterable<readonly [field: string, units: number]> {
    return this.#counts;
  }

  read(): EventCounts[] {
    return [...this.#counts].map(([field, events]) => {
      const [previous, start] = field.split('>').map(Number) as [number, number];
      return { previous, start, events };
    });
  }
}

/** The name of a sum. */
export function eventField(previous: number, start: number): string {
  return `${previous}>${start}`;
}
