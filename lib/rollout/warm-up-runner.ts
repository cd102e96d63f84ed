import { Logger } from '@nestjs/common';
import { failWarmUp } from '../domain/rollout-commands.js';
import { passWarmUp } from '../domain/stage-commands.js';
import { isWarming, type Rollout, type RouteState } from '../domain/state.js';
import type { AskDeps } from '../upstream/ask-briefly.js';
import type { CommandBus } from './command-bus.js';
import type { Rollbacks } from './rollbacks.js';
import type { StateStore } from './state-store.js';
import { warmUp } from './warm-up.js';

/** Runs warm-ups beside the checks, one per route at a time, and records their results. */
export class WarmUpRunner {
  readonly #logger = new Logger(WarmUpRunner.name);
  /** Route → the warm-up that runs for it. */
  readonly #running = new Map<string, string>();
  readonly #stop = new AbortController();

  constructor(
    private readonly deps: AskDeps,
    private readonly bus: CommandBus,
    private readonly store: StateStore,
    private readonly rollbacks: Rollbacks,
  ) {}

  /** Begins the warm-up of the route's rollout, unless it is running already. */
  begin({ alias }: RouteState, rollout: Rollout): void {
    const key = `${rollout.id} ${rollout.phase.since}`;
    if (this.#running.get(alias) === key || this.#stop.signal.aborted) return;
    this.#running.set(alias, key);
    void this.#run(alias, rollout)
      .catch((error: unknown) => this.#logger.error(`The warm-up of route "${alias}" broke off: ${String(error)}`))
      .finally(() => {
        if (this.#running.get(alias) === key) this.#running.delete(alias);
      });
  }

  stop(): void {
    this.#stop.abort();
  }

  async #run(alias: string, rollout: Rollout): Promise<void> {
    const { to, plan } = rollout;
    const { version } = this.store.route(alias).environments[to]!;
    // This process does not know the upstream. Another replica has to warm it up.
    if (!plan.warmUp || !this.deps.upstreams.has(version.upstream)) return;
    const isWanted = (): boolean => isWarming(this.store.find(alias), rollout);
    const result = await warmUp(version, plan.warmUp, this.deps, this.#stop.signal, isWanted);
    if (!result) return;
    const { report, problem } = result;
    if (problem === undefined) {
      const median = Math.round(report.latency.median ?? 0);
      const reason = `the warm-up passed: ${report.requests} requests, median ${median} ms`;
      await this.bus.execute(alias, passWarmUp(rollout, report), { actor: 'system', reason });
      return;
    }
    await this.rollbacks.run(alias, failWarmUp(rollout), { actor: 'system', reason: problem });
  }
}
