import { Breather } from '../kit/breather.js';

/** A line with a value: the name, then labels or the value. */
const SAMPLE = /^([a-zA-Z_:][\w:]*)(\{)?/;
const HEAD = /^# (?:HELP|TYPE) (\S+)/;

/**
 * The expositions of several workers as one, every series with the label `worker`. Series are not added up: when a
 * worker is started again, its counters begin at 0, and only a series of its own shows that as a reset.
 */
export async function joinedExpositions(byWorker: ReadonlyMap<number, string>): Promise<string> {
  const breather = new Breather();
  const families = new Map<string, Family>();
  for (const [worker, text] of byWorker) {
    let family: Family | undefined;
    for (const line of text.split('\n')) {
      const name = HEAD.exec(line)?.[1];
      if (name !== undefined) {
        if (!families.has(name)) families.set(name, { head: new Set(), samples: [] });
        family = families.get(name)!;
        family.head.add(line);
      } else if (line !== '' && !line.startsWith('#')) {
        family?.samples.push(labeled(line, worker));
      }
      if (breather.isDue) await breather.pause();
    }
  }
  const texts = [...families.values()].map(({ head, samples }) => [...head, ...samples].join('\n'));
  return `${texts.join('\n\n')}\n`;
}

interface Family {
  /** All workers write the same. */
  readonly head: Set<string>;
  readonly samples: string[];
}

function labeled(line: string, worker: number): string {
  return line.replace(SAMPLE, (_, name: string, brace: string | undefined) =>
    brace === undefined ? `${name}{worker="${worker}"}` : `${name}{worker="${worker}",`,
  );
}
