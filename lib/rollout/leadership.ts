import { Logger } from '@nestjs/common';
import type { Lease } from './lease.js';

/** How often the lease is asked for while it runs: so soon is a free one noticed. */
const PER_LEASE = 10;

/** Knows whether this replica is the one that walks the schedules. */
export class Leadership {
  readonly #logger = new Logger(Leadership.name);
  #leads = false;
  #failing = false;
  #timer: NodeJS.Timeout | undefined;
  #asking: Promise<void> | undefined;
  #stopped = false;

  /** @param length of the lease, milliseconds; `undefined` when this replica is alone. */
  constructor(
    private readonly lease: Lease,
    private readonly length: number | undefined,
  ) {}

  get leads(): boolean {
    return this.#leads && !this.#stopped;
  }

  /** @param onGained the last holder may have died in the middle of something. */
  async start(onGained: () => void): Promise<void> {
    await this.#ask(onGained);
    if (this.length === undefined || this.#stopped) return;
    this.#timer = setInterval(() => void this.#ask(onGained), this.length / PER_LEASE);
    this.#timer.unref();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#timer);
    // A question that is under way may take it yet.
    await this.#asking;
    if (!this.#leads) return;
    this.#leads = false;
    // Who cannot be told finds out when the lease has run out.
    await this.lease.release().catch(() => {});
  }

  /** One question at a time: an answer that is late would speak of what was before. */
  #ask(onGained: () => void): Promise<void> {
    this.#asking ??= this.#askOnce(onGained).finally(() => (this.#asking = undefined));
    return this.#asking;
  }

  async #askOnce(onGained: () => void): Promise<void> {
    const had = this.#leads;
    try {
      this.#leads = await this.lease.isHeld();
      this.#failing = false;
    } catch (error) {
      // Decides nothing that it could not record.
      this.#leads = false;
      if (!this.#failing) this.#logger.warn(`Nobody can say who walks the schedules: ${String(error)}`);
      this.#failing = true;
    }
    if (this.leads && !had) onGained();
  }
}
