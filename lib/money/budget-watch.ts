import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import type { BudgetService } from './budget.service.js';

/** Milliseconds. */
const EVERY = 5_000;

/**
 * Looks at the budgets of the fleet although nobody asks: what a replica has seen spent is not lost with Redis, even if
 * it makes no calls itself.
 */
export class BudgetWatch implements OnApplicationBootstrap, BeforeApplicationShutdown {
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly budgets: BudgetService) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.#look();
    this.#timer = setInterval(() => void this.#look(), EVERY);
    this.#timer.unref();
  }

  beforeApplicationShutdown(): void {
    clearInterval(this.#timer);
  }

  /** Without Redis there is nothing to see. */
  async #look(): Promise<void> {
    await this.budgets.status().catch(() => undefined);
  }
}
