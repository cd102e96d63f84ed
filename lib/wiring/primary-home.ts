import type { Clock } from '../kit/clock.js';
import { JournalPart } from '../journal/journal-part.js';
import type { Journal } from '../journal/journal.js';
import { MemoryBudgetStore } from '../money/memory-budget-store.js';
import type { BlueGreenConfig } from '../options/config.js';
import type { Channel } from '../primary/channel.js';
import { OwnClaims } from '../records/claims.js';
import { LogPart } from '../records/log-part.js';
import { SharedLease } from '../rollout/shared-lease.js';
import { MemoryFigures } from '../telemetry/memory-figures.js';
import { leaseIn, ownEndedSessions, ownJournal, RUNS_OUT_AFTER } from './own-homes.js';
import { alertsSize, ownAnswers, ownLog, requestsSize, takesScores } from './own-records.js';

/** All that workers share without Redis, in their primary process: the homes of a single process, offered over IPC. */
export class PrimaryHome {
  readonly #parts: ReadonlyMap<string, object>;
  readonly #journals = new Map<number, JournalPart>();
  readonly #lease: SharedLease;
  readonly #flushes: (() => Promise<void>)[] = [];

  private constructor(
    private readonly journal: Journal,
    config: BlueGreenConfig,
    clock: Clock,
  ) {
    this.#lease = new SharedLease(leaseIn(config.journal) * RUNS_OUT_AFTER, clock);
    const parts: [string, object][] = [
      ['figures', new MemoryFigures(clock, config.telemetry.window)],
      ['budgets', new MemoryBudgetStore(clock)],
      ['claims', new OwnClaims()],
      ['sessions', ownEndedSessions(config.journal?.file, clock)],
    ];
    const alerts = ownLog('alerts', config, alertsSize(config));
    parts.push(['alerts', new LogPart(alerts)]);
    this.#flushes.push(() => alerts.flush());
    if (config.requestLog !== false) {
      const requests = ownLog('requests', config, requestsSize(config.requestLog));
      parts.push(['requests', new LogPart(requests)]);
      this.#flushes.push(() => requests.flush());
    }
    if (takesScores(config)) {
      const answers = ownAnswers(config, clock);
      parts.push(['answers', answers]);
      this.#flushes.push(() => answers.flush());
    }
    this.#parts = new Map(parts);
  }

  /** @throws {OptionsError} {@link JournalLockedError} {@link JournalDamagedError} */
  static async open(config: BlueGreenConfig, clock: Clock): Promise<PrimaryHome> {
    const journal = await ownJournal(config.journal?.file, () => clock.elapsed());
    return new PrimaryHome(journal, config, clock);
  }

  /** Offers everything to a worker. @param id differs for a worker that was started again. */
  welcome(id: number, channel: Channel): void {
    for (const [name, part] of this.#parts) channel.offer(name, part);
    channel.offer('lease', this.#lease.of(id));
    const share = (): void => {
      for (const part of this.#journals.values()) part.shareProblem();
    };
    this.#journals.set(id, new JournalPart(this.journal, channel, share));
  }

  /** The worker is gone: another one may lead. */
  forget(id: number): void {
    this.#journals.get(id)?.close();
    this.#journals.delete(id);
    void this.#lease.of(id).release();
  }

  async close(): Promise<void> {
    await Promise.all(this.#flushes.map((flush) => flush()));
    await this.journal.close();
  }
}
