import { Logger } from '@nestjs/common';
import type { Lease } from './lease.js';
import { Trouble } from '../kit/trouble.js';

/** Questions per length of the lease. A free lease is noticed after one of these intervals. */
const PER_LEASE = 10;

/** Knows whether this replica leads: one replica at a time walks the schedules. */
export class Leadership {
  readonly #logger = new Logger(Leadership.name);
  #leads = false;
  readonly #trouble = new Trouble();
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

  /** @param onGained called when this replica takes over. The last holder may have died in mid-step. */
  async start(onGained: () => void): Promise<void> {
    await this.#ask(onGained);
    if (this.length === undefined || this.#stopped) return;
    this.#timer = setInterval(() => void this.#ask(onGained), this.length / PER_LEASE);
    this.#timer.unref();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#timer);
    // A question under way may still take the lease.
    await this.#asking;
    if (!this.#leads) return;
    this.#leads = false;
    // If the release fails, the others wait until the lease has run out.
    await this.lease.release().catch(() => {});
  }

  /** One question at a time: a late answer would be about an earlier state. */
  #ask(onGained: () => void): Promise<void> {
    this.#asking ??= this.#askOnce(onGained).finally(() => (this.#asking = undefined));
    return this.#asking;
  }

  async #askOnce(onGained: () => void): Promise<void> {
    const had = this.#leads;
    try {
      this.#leads = await this.lease.isHeld();
      this.#trouble.over();
    } catch (error) {
      // A replica that could not record a decision must not decide.
      this.#leads = false;
      if (this.#trouble.seen())
        this.#logger.warn(`The lease cannot be read, so this replica does not lead: ${String(error)}`);
    }
    if (this.leads && !had) onGained();
  }
}
