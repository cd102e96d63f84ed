import { Webhook, type WebhookDeps, type WebhookOptions } from './webhook.js';

/** The addresses that alerts are sent to. */
export class Webhooks {
  readonly all: readonly Webhook[];

  constructor(options: readonly WebhookOptions[], deps: WebhookDeps) {
    this.all = options.map((one) => new Webhook(one, deps));
  }

  /** Resolves when every alert is delivered, or given up after `grace` milliseconds. */
  async finish(grace: number): Promise<void> {
    const giveUp = setTimeout(() => this.all.forEach((webhook) => webhook.stop()), grace);
    await Promise.all(this.all.map((webhook) => webhook.finish()));
    clearTimeout(giveUp);
  }
}
