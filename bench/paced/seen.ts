import { median, rounded } from '../measured/figures.js';
import type { Paced } from './sitting.js';

interface At {
  readonly name: string;
  readonly count: number;
  /** Milliseconds between two chunks. */
  readonly gap: number;
  readonly rounds: Paced[];
}

/** The figures of all servers, by the number of streams. */
export class SeenStreams {
  readonly #all: At[] = [];

  add(name: string, count: number, gap: number, paced: Paced): void {
    const known = this.#at(name, count);
    if (known) known.rounds.push(paced);
    else this.#all.push({ name, count, gap, rounds: [paced] });
  }

  report(): void {
    console.log(
      '\nstreams  gap ms  server      first byte p50, p99 ms   late by, p99 ms   CPU ms / 1,000 chunks   KiB a stream',
    );
    for (const at of this.#all.toSorted((a, b) => a.count - b.count)) {
      console.log(
        String(at.count).padStart(7) +
          String(at.gap).padStart(8) +
          `  ${at.name.padEnd(10)}` +
          column(at, ({ firstByte }) => firstByte.p50, 14, 3) +
          column(at, ({ firstByte }) => firstByte.p99, 10, 2) +
          column(at, ({ jitterP99 }) => jitterP99, 18, 2) +
          column(at, ({ cpuPerThousand }) => cpuPerThousand, 24, 1) +
          column(at, ({ rssPerStream }) => rssPerStream / 1_024, 15, 1),
      );
    }
  }

  /**
   * @param firstByteAt the number of streams at which first bytes are compared.
   * @param memoryAt those at which memory is: the worst counts.
   */
  figures(firstByteAt: number, memoryAt: readonly number[]): Record<string, number> {
    const memory = memoryAt.flatMap((count) => this.#ratio(count, ({ rssPerStream }) => rssPerStream) ?? []);
    const added = (name: string): number =>
      this.#median(name, firstByteAt, ({ firstByte }) => firstByte.p50) -
      this.#median('upstream', firstByteAt, ({ firstByte }) => firstByte.p50);
    const ours = this.#all.filter(({ name }) => name === 'serve').flatMap(({ rounds }) => rounds);
    return {
      pacedFirstByteVsFloor: rounded(added('serve') / added('floor'), 3),
      pacedCpuVsFloor: rounded(this.#ratio(firstByteAt, ({ cpuPerThousand }) => cpuPerThousand) ?? Number.NaN, 3),
      rssPerStreamVsFloor: rounded(Math.max(...memory), 3),
      streamErrors: ours.reduce((sum, { errors }) => sum + errors, 0),
    };
  }

  #ratio(count: number, figure: (paced: Paced) => number): number | undefined {
    const [ours, floor] = [this.#at('serve', count), this.#at('floor', count)];
    if (!ours || !floor) return undefined;
    return median(ours.rounds.map((round, n) => figure(round) / figure(floor.rounds[n]!)));
  }

  #median(name: string, count: number, figure: (paced: Paced) => number): number {
    return median(this.#at(name, count)?.rounds.map(figure) ?? []);
  }

  #at(name: string, count: number): At | undefined {
    return this.#all.find((at) => at.name === name && at.count === count);
  }
}

function column({ rounds }: At, figure: (round: Paced) => number, width: number, digits: number): string {
  return median(rounds.map(figure)).toFixed(digits).padStart(width);
}
