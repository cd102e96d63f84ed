import { median } from '../measured/figures.js';
import { FORMATS, objectPath, translatedPath, untouchedPath, type Path, type Work } from './cost-paths.js';

/** The added cost of a way from a caller to a model. */
export interface Cost {
  readonly from: string;
  readonly to: string;
  /** Microseconds of a whole call, p50. */
  readonly call: number;
  /** Microseconds of a chunk, p50. */
  readonly chunk: number;
}

/**
 * The cost that each way adds to reading and writing the same bytes, and to asking a model object oneself.
 *
 * @param rounds of which the median counts.
 */
export async function costs(rounds = 400): Promise<readonly Cost[]> {
  const paths: Path[] = FORMATS.flatMap((from) => [
    untouchedPath(from),
    ...FORMATS.filter((to) => to !== from).map((to) => translatedPath(from, to)),
    objectPath(from, 'v3'),
    objectPath(from, 'v4'),
  ]);
  const all: Cost[] = [];
  for (const { from, to, call, stream, chunks } of paths) {
    all.push({ from, to, call: await added(call, rounds), chunk: (await added(stream, rounds)) / chunks });
  }
  return all;
}

/** Microseconds that the second takes longer than the first: the difference of their medians. */
async function added({ plain, ours }: Work, rounds: number): Promise<number> {
  const times: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    for (const [n, work] of [plain, ours].entries()) {
      const begun = performance.now();
      await work();
      times[n]!.push((performance.now() - begun) * 1_000);
    }
  }
  return median(times[1]) - median(times[0]);
}
