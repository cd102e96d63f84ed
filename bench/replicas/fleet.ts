import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { News, Order } from './messages.js';

const REPLICA = fileURLToPath(new URL('replica.js', import.meta.url));

type NewsOf<Kind extends News['is']> = Extract<News, { is: Kind }>;

/** One replica in a process of its own. */
export class Process {
  readonly seen: NewsOf<'entry'>[] = [];
  readonly #child: ChildProcess;
  readonly #listeners = new Set<(news: News) => void>();

  private constructor(settings: FleetSettings) {
    this.#child = fork(REPLICA, [JSON.stringify(settings)], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    this.#child.on('message', (news: News) => {
      if (news.is === 'entry') this.seen.push(news);
      for (const listener of this.#listeners) listener(news);
    });
  }

  /** Where its health is asked for. */
  health = '';

  static async start(settings: FleetSettings): Promise<Process> {
    const process = new Process(settings);
    process.health = (await process.#next('ready')).health;
    return process;
  }

  get pid(): number {
    return this.#child.pid!;
  }

  /** @throws when the replica refuses. */
  async ask<Kind extends 'ordered' | 'report' | 'journal'>(order: Order, answer: Kind): Promise<NewsOf<Kind>> {
    const answered = this.#next(answer);
    this.#child.send(order);
    return answered;
  }

  /** The first entry, from those seen on, that is what is waited for. */
  async entry(matches: (entry: NewsOf<'entry'>['entry']) => boolean): Promise<NewsOf<'entry'>> {
    const known = this.seen.find(({ entry }) => matches(entry));
    if (known) return known;
    return new Promise((resolve) => {
      const listener = (news: News): void => {
        if (news.is !== 'entry' || !matches(news.entry)) return;
        this.#listeners.delete(listener);
        resolve(news);
      };
      this.#listeners.add(listener);
    });
  }

  async kill(): Promise<void> {
    const gone = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.kill('SIGKILL');
    await gone;
  }

  #next<Kind extends News['is']>(kind: Kind): Promise<NewsOf<Kind>> {
    return new Promise((resolve, reject) => {
      const listener = (news: News): void => {
        if (news.is !== kind && news.is !== 'refused') return;
        this.#listeners.delete(listener);
        if (news.is === 'refused') reject(new Error(news.message));
        else resolve(news as NewsOf<Kind>);
      };
      this.#listeners.add(listener);
    });
  }
}

export interface FleetSettings {
  readonly redis: string;
  readonly provider: string;
  /** Milliseconds of a step. */
  readonly step: number;
}

/** Several replicas, started side by side. */
export function startFleet(size: number, settings: FleetSettings): Promise<Process[]> {
  return Promise.all(Array.from({ length: size }, () => Process.start(settings)));
}
