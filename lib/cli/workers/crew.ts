import type { Worker } from 'node:cluster';
import { Logger } from '@nestjs/common';
import type { Clock } from '../../kit/clock.js';
import { joinedExpositions } from '../../metrics/expositions.js';
import { Channel } from '../../primary/channel.js';
import { wireOf } from '../../primary/wire.js';
import type { PrimaryHome } from '../../wiring/primary-home.js';
import { CliError, EXIT, type ExitCode } from '../cli-error.js';
import { pauseBefore, STEADY_AFTER } from './backoff.js';
import type { WorkerStart, WorkerFailure, WorkerPart } from './worker-part.js';

export interface CrewOptions {
  readonly count: number;
  readonly fork: () => Worker;
  /** Keeps the shared state; absent where Redis does. */
  readonly home: PrimaryHome | undefined;
  /** The settings of a worker, by its number. */
  readonly assignment: (worker: number) => WorkerStart;
  readonly clock: Clock;
}

/** Longest wait for the metrics of a worker, milliseconds. */
const PATIENCE = 5_000;

interface Member {
  readonly process: Worker;
  readonly channel: Channel;
  readonly startedAt: number;
}

/** The workers of one primary process. One that ends is started again, after a pause that grows while it keeps ending. */
export class Crew {
  readonly #logger = new Logger('Workers');
  /** By number. */
  readonly #members = new Map<number, Member>();
  readonly #failures = new Map<number, number>();
  readonly #pauses = new Set<() => void>();
  #ending = false;
  #onAllGone: () => void = () => {};

  constructor(private readonly options: CrewOptions) {}

  /**
   * Starts all workers, the first one alone: a problem that all of them have is reported once.
   *
   * @returns the URL.
   * @throws {CliError} when a worker does not start.
   */
  async start(): Promise<string> {
    const url = await this.#hire(1);
    const others = Array.from({ length: this.options.count - 1 }, (_, n) => n + 2);
    await Promise.all(others.map((worker) => this.#hire(worker)));
    return url;
  }

  /** Passes a signal on. Resolves when all workers have ended: they finish their calls first. */
  async end(signal: NodeJS.Signals): Promise<void> {
    this.#ending = true;
    for (const cancel of this.#pauses) cancel();
    if (this.#members.size === 0) return;
    this.#logger.log(`${signal}: the workers end when their calls have finished.`);
    const gone = new Promise<void>((resolve) => (this.#onAllGone = resolve));
    for (const { process } of this.#members.values()) process.process.kill(signal);
    await gone;
  }

  /** Starts a worker. @returns its URL, once it takes calls. */
  #hire(worker: number): Promise<string> {
    const { fork, home, assignment, clock } = this.options;
    const process = fork();
    const channel = new Channel(wireOf(process));
    this.#members.set(worker, { process, channel, startedAt: clock.elapsed() });
    home?.welcome(process.id, channel);
    return new Promise((resolve, reject) => {
      let isReady = false;
      const part: WorkerPart = {
        begin: async () => assignment(worker),
        ready: async (url) => {
          isReady = true;
          resolve(url);
        },
        failed: async (failure) => reject(errorOf(failure)),
        expositions: () => this.#expositions(),
      };
      channel.offer('group', part);
      process.once('exit', (code: number | null, signal: string | null) => {
        home?.forget(process.id);
        const how = signal ?? `code ${code}`;
        reject(new CliError(EXIT.refused, 'worker_ended', `Worker ${worker} ended with ${how} at its start.`, ''));
        if (isReady) this.#gone(worker, how);
        else this.#members.delete(worker);
        if (this.#members.size === 0) this.#onAllGone();
      });
    });
  }

  #gone(worker: number, how: string): void {
    const { startedAt } = this.#members.get(worker)!;
    this.#members.delete(worker);
    if (this.#ending) return;
    const lived = this.options.clock.elapsed() - startedAt;
    if (lived >= STEADY_AFTER) this.#failures.delete(worker);
    this.#again(worker, `Worker ${worker} ended with ${how} after ${(lived / 1000).toFixed(1)} s`);
  }

  #again(worker: number, why: string): void {
    const failures = this.#failures.get(worker) ?? 0;
    this.#failures.set(worker, failures + 1);
    const pause = pauseBefore(failures);
    this.#logger.error(`${why}. It is started again in ${pause / 1000} s; the other workers take its calls.`);
    const cancel = this.options.clock.after(pause, () => {
      this.#pauses.delete(cancel);
      void this.#hire(worker).then(
        () => this.#logger.log(`Worker ${worker} takes calls again.`),
        (error: Error) => !this.#ending && this.#again(worker, error.message.replace(/\.$/, '')),
      );
    });
    this.#pauses.add(cancel);
  }

  async #expositions(): Promise<string> {
    const texts = await Promise.all(
      [...this.#members].map(async ([worker, { channel }]) => {
        // One that is starting, ending or hanging has none.
        const text = await this.#inTime(channel.ask<string>('metrics', 'exposition')).catch(() => '');
        return [worker, text] as const;
      }),
    );
    return joinedExpositions(new Map(texts.toSorted(([a], [b]) => a - b)));
  }

  #inTime<T>(answer: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const cancel = this.options.clock.after(PATIENCE, () => reject(new Error('no answer in time')));
      void answer.then(resolve, reject).finally(cancel);
    });
  }
}

function errorOf({ exitCode, code, message, remedy }: WorkerFailure): Error {
  if (code === undefined) return new Error(message);
  return new CliError((exitCode ?? EXIT.refused) as ExitCode, code, message, remedy);
}
