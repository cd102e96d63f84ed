import type { Clock } from '../kit/clock.js';
import { SCORED_WITHIN, type AnswerBook, type Answered, type FoundAnswer } from '../telemetry/answered.js';
import { FileLog } from './file-log.js';
import { MemoryAnswers } from './memory-answers.js';

interface Scored {
  readonly key: string;
  readonly at: number;
  readonly evaluator: string;
}

type Line = Answered | Scored;

/** Rotated files of 16 MiB: room for 100,000 answers and their scores. */
const FILES = 3;

/** Answers of one process that outlive it: in memory, and as lines of a file that is read once at the start. */
export class FileAnswers implements AnswerBook {
  readonly #memory: MemoryAnswers;
  readonly #file: FileLog<Line>;
  readonly #read: Promise<void>;
  /** Answers that came while the file was being read: they are newer than everything in it. */
  #meanwhile: Answered[] | undefined = [];

  constructor(
    path: string,
    private readonly limit: number,
    private readonly clock: Clock,
  ) {
    this.#memory = new MemoryAnswers(limit, clock);
    this.#file = new FileLog<Line>(path, { retention: SCORED_WITHIN }, FILES);
    this.#read = this.#readAll();
  }

  remember(answered: Answered): void {
    if (this.#meanwhile) {
      if (this.#meanwhile.length < this.limit) this.#meanwhile.push(answered);
      return;
    }
    this.#memory.remember(answered);
    this.#file.write(answered);
  }

  async claim(key: string, evaluator: string, accessKey?: number): Promise<FoundAnswer | 'foreign' | undefined> {
    await this.#read;
    const found = this.#memory.scored(key, evaluator, accessKey);
    if (found && found !== 'foreign' && found.isFirst) this.#file.write({ key, at: this.clock.now(), evaluator });
    return found;
  }

  async flush(): Promise<void> {
    await this.#read;
    await this.#file.flush();
  }

  async #readAll(): Promise<void> {
    try {
      const lines: Line[] = [];
      for await (const line of this.#file.newest()) {
        if (lines.length >= 2 * this.limit || this.clock.now() - line.at > SCORED_WITHIN) break;
        lines.push(line);
      }
      for (const line of lines.toReversed()) {
        if ('evaluator' in line) this.#memory.scored(line.key, line.evaluator);
        else this.#memory.remember(line);
      }
    } catch {
      // A file that cannot be read keeps no call from its answer. Writing to it logs why.
    }
    const meanwhile = this.#meanwhile!;
    this.#meanwhile = undefined;
    for (const answered of meanwhile) this.remember(answered);
  }
}
