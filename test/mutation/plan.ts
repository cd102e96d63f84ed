import type { Measured, Part } from './jobs.js';
import type { Mutant } from './mutants.js';

/** No mutant is worth more than this: ms of tests that are run again because they load what it is in. */
const MOST_FROM_START = 6_000;

/** From here on, in ms, a test waits until all that are quicker had their say. */
const SLOW = 50;

/** Which tests ask for which mutant, as measured once without any. */
export class Coverage {
  private readonly parts = new Map<number, (Part & { isSlow: boolean })[]>();
  private readonly loading = new Set<number>();
  private readonly whole: (Part & { files: Set<string> })[] = [];
  readonly failing: string[] = [];

  /** `files` are those that the spec loads. */
  add({ spec, loading, tests }: Measured, files: Set<string>): void {
    for (const mutant of loading) this.loading.add(mutant);
    const whole = { spec, tests: [] as number[], ms: 0, files };
    tests.forEach(({ name, ms, mutants, isFailing }, index) => {
      if (isFailing) {
        this.failing.push(`${spec}: ${name}`);
        return;
      }
      extend(whole, index, ms);
      for (const mutant of mutants) {
        const parts = this.parts.get(mutant) ?? [];
        const isSlow = ms > SLOW;
        let part = parts.find((one) => one.spec === spec && one.isSlow === isSlow);
        if (!part) parts.push((part = { spec, tests: [], ms: 0, isSlow }));
        extend(part, index, ms);
        this.parts.set(mutant, parts);
      }
    });
    this.whole.push(whole);
  }

  /** The tests that reach the mutant, the quickest first. */
  of({ id }: Mutant): Part[] {
    return (this.parts.get(id) ?? []).toSorted((a, b) => a.ms - b.ms);
  }

  /** The specs to load anew for what happens while a file loads, the nearest first; none for other mutants. */
  fromStart({ id, file }: Mutant): Part[] {
    if (!this.loading.has(id)) return [];
    const distance = ({ spec }: Part): number => {
      if (spec.startsWith(file.replace(/js$/, ''))) return 0;
      return spec.startsWith(file.slice(0, file.lastIndexOf('/'))) ? 1 : 2;
    };
    let total = 0;
    return this.whole
      .filter(({ files, tests }) => files.has(file) && tests.length > 0)
      .toSorted((a, b) => distance(a) - distance(b) || a.ms - b.ms)
      .filter(({ ms }) => {
        const fits = total + ms <= MOST_FROM_START;
        if (fits) total += ms;
        return fits;
      })
      .map(({ spec, tests, ms }) => ({ spec, tests, ms }));
  }
}

function extend(part: Part, test: number, ms: number): void {
  part.tests.push(test);
  part.ms += ms;
}
