import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { machineTime } from '../replicas/messages.js';
import type { Command, Look, News, Order, ReplicaSettings } from './messages.js';
import type { Recorder } from './recorder.js';

const REPLICA = fileURLToPath(new URL('replica.js', import.meta.url));

const LAST_WORDS = 4_000;

/** A replica of the fleet: one process after another, each under the same name. */
export class Member {
  #child: ChildProcess | undefined;
  #url: string | undefined;
  #lives = 0;
  #orders = 0;
  /** Its state at the last look. */
  view: Look | undefined;
  readonly #killed = new WeakSet<ChildProcess>();
  readonly #answers = new Map<number, (news: News | undefined) => void>();

  constructor(
    readonly name: string,
    private readonly settings: Omit<ReplicaSettings, 'clockOffset'>,
    private readonly recorder: Recorder,
  ) {}

  /** Where it is called; `undefined` while it is down. */
  get url(): string | undefined {
    return this.#url;
  }

  /** Of its newest process, living or dead. */
  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  /** Resolves to whether it came up: without its journal a replica does not start. */
  async start(clockOffset = 0): Promise<boolean> {
    const life = `${this.name}${++this.#lives}`;
    const settings: ReplicaSettings = { ...this.settings, clockOffset };
    const child = fork(REPLICA, [JSON.stringify(settings)], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
    this.#child = child;
    let lastWords = '';
    child.stderr?.on('data', (text: Buffer) => (lastWords = (lastWords + text.toString()).slice(-LAST_WORDS)));
    child.on('exit', () => this.#gone(child, life, lastWords));
    return new Promise((resolve) => {
      child.on('exit', () => resolve(false));
      child.on('message', (news: News) => {
        if (news.is === 'ready') {
          this.#url = news.url;
          this.recorder.began(this.name, life);
          resolve(true);
        } else this.#heard(news, life);
      });
    });
  }

  /** `kill -9`. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    this.#killed.add(child);
    child.kill('SIGKILL');
    await gone;
  }

  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#child?.kill(signal);
  }

  setClock(offset: number): void {
    this.#send({ do: 'clock', offset });
  }

  /** Gives a command and writes down what became of it. */
  async command(route: string, command: Command, isLast = false): Promise<string> {
    const at = machineTime();
    const news = await this.#ask((n) => ({ do: 'command', n, route, command }));
    const outcome = news?.is === 'answer' ? news.outcome : 'unknown';
    const { kind, reason } = command;
    this.recorder.commands.push({ reason, kind, replica: this.name, at, endedAt: machineTime(), outcome, isLast });
    return outcome;
  }

  /** The table that it routes by, now; resolves to its revision. */
  async look(): Promise<number | undefined> {
    const life = `${this.name}${this.#lives}`;
    const news = await this.#ask((n) => ({ do: 'look', n }));
    if (news?.is !== 'look') return undefined;
    this.recorder.looked({ replica: this.name, life, final: true, ...news.look });
    return news.look.revision;
  }

  /** US dollars that are booked on a route with a budget. */
  async booked(route: string): Promise<number> {
    const news = await this.#ask((n) => ({ do: 'booked', n, route }));
    return (news?.is === 'answer' ? news.figure : undefined) ?? 0;
  }

  #ask(order: (n: number) => Order): Promise<News | undefined> {
    const n = ++this.#orders;
    return new Promise((resolve) => {
      this.#answers.set(n, resolve);
      if (!this.#send(order(n))) this.#answered(n, undefined);
    });
  }

  #send(order: Order): boolean {
    return this.#child?.connected === true && this.#child.send(order);
  }

  #heard(news: News, life: string): void {
    const replica = this.name;
    switch (news.is) {
      case 'entry':
        this.recorder.news.push({ replica, life, at: news.at, entry: news.entry });
        break;
      case 'placed':
        this.recorder.placements.push({ replica, life, ...news.placement });
        break;
      case 'look':
        this.view = news.look;
        if (news.n === undefined) this.recorder.looked({ replica, life, ...news.look });
        else this.#answered(news.n, news);
        break;
      case 'answer':
        this.#answered(news.n, news);
    }
  }

  #answered(n: number, news: News | undefined): void {
    this.#answers.get(n)?.(news);
    this.#answers.delete(n);
  }

  #gone(child: ChildProcess, life: string, lastWords: string): void {
    if (this.#child !== child) return;
    // Before it was ready it may well have given up.
    const hasCrashed = this.#url !== undefined && !this.#killed.has(child);
    if (hasCrashed) console.error(`${life} has ended by itself:\n${lastWords}`);
    this.#url = undefined;
    this.view = undefined;
    this.recorder.ended(life, hasCrashed);
    for (const n of this.#answers.keys()) this.#answered(n, undefined);
  }
}
