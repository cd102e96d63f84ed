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

/** Processes look at themselves every second. Milliseconds. */
const LATE = 1_500;

/** Writes down what is seen of one fleet, as it is seen. */
export class Recorder {
  readonly calls: CallRecord[] = [];
  readonly placements: PlacementRecord[] = [];
  readonly news: NewsRecord[] = [];
  readonly commands: CommandRecord[] = [];
  readonly looks: LookRecord[] = [];
  readonly bills: Bill[] = [];
  readonly emptied: { from: number; to: number }[] = [];
  readonly intruders: { at: number; hasStarted: boolean }[] = [];
  readonly #lives = new Map<string, Life>();
  /** How often a process stood still that nobody had stopped, and those that somebody had. */
  stalls = 0;
  readonly #lastLooks = new Map<string, number>();
  readonly #away = new Set<{ replica: string; from: number; to: number; frozen?: boolean }>();

  began(replica: string, life: string): void {
    this.#lives.set(life, { replica, life, from: machineTime() });
  }

  ended(life: string, hasCrashed: boolean): void {
    const known = this.#lives.get(life);
    if (known) this.#lives.set(life, { ...known, to: machineTime(), hasCrashed });
  }

  /** A table that was looked at; looks that come late tell that the process stood still, for want of a processor. */
  looked(look: LookRecord): void {
    const before = this.#lastLooks.get(look.life);
    this.#lastLooks.set(look.life, look.at);
    this.looks.push(look);
    if (before === undefined || look.at - before < LATE) return;
    this.stalls++;
    this.#away.add({ replica: look.replica, from: before, to: look.at, frozen: true });
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
    const { calls, placements, news, commands, looks, bills, emptied, intruders } = this;
    const away: Away[] = [...this.#away];
    const seen = { calls, placements, news, commands, looks, bills, emptied, intruders };
    return { ...rest, ...seen, lives: [...this.#lives.values()], away };
  }
}
