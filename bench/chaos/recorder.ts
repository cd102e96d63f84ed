import { machineTime } from '../replicas/messages.js';
import type {
  Away,
  Bill,
  CallRecord,
  CommandRecord,
  History,
  Life,
  LookRecord,
  NewsRecord,
  PlacementRecord,
} from './history.js';

/** Writes down what is seen of one fleet, as it is seen. */
export class Recorder {
  readonly calls: CallRecord[] = [];
  readonly placements: PlacementRecord[] = [];
  readonly news: NewsRecord[] = [];
  readonly commands: CommandRecord[] = [];
  readonly looks: LookRecord[] = [];
  readonly bills: Bill[] = [];
  readonly #lives = new Map<string, Life>();
  readonly #away = new Set<{ replica: string; from: number; to: number; frozen?: boolean }>();

  began(replica: string, life: string): void {
    this.#lives.set(life, { replica, life, from: machineTime() });
  }

  killed(life: string): void {
    const known = this.#lives.get(life);
    if (known) this.#lives.set(life, { ...known, to: machineTime() });
  }

  /** From now on until the returned function is called. */
  isAway(replica: string, frozen = false): () => void {
    const stretch = { replica, from: machineTime(), to: Number.POSITIVE_INFINITY, ...(frozen ? { frozen } : {}) };
    this.#away.add(stretch);
    return () => {
      stretch.to = machineTime();
    };
  }

  history(rest: Pick<History, 'entries' | 'limits' | 'budget'>): History {
    const { calls, placements, news, commands, looks, bills } = this;
    const away: Away[] = [...this.#away];
    return { ...rest, calls, placements, news, commands, looks, bills, lives: [...this.#lives.values()], away };
  }
}
