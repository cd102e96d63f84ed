import type { Command } from '../domain/command.js';
import { RolloutStateError } from '../domain/errors.js';
import { confirmRollback } from '../domain/rollout-commands.js';
import type { RouteState } from '../domain/state.js';
import { weightOf } from '../domain/weights.js';
import type { LiveRouteTable } from '../routing/live-route-table.js';
import { slotOf } from '../routing/route-table.js';
import type { CommandBus, CommandInfo } from './command-bus.js';
import type { StateStore } from './state-store.js';

/** A route after a rollback. */
export type RolledBackRoute = RouteState & {
  /** `false`: there was nothing to roll back. */
  readonly changed: boolean;
};

/** Carries rollbacks through: take the traffic back, read the weights back from the table that routes, confirm. */
export class Rollbacks {
  constructor(
    private readonly bus: CommandBus,
    private readonly store: StateStore,
    private readonly table: LiveRouteTable,
  ) {}

  /**
   * @param command takes the traffic back. A rollback that has begun elsewhere is carried through as well.
   * @throws {RolloutStateError} when the weights could not be read back, and what the command throws.
   */
  async run(alias: string, command: Command, info: CommandInfo): Promise<RolledBackRoute> {
    const revision = await this.bus.append(() => command(this.store.route(alias)), info);
    this.#readBack(alias, revision);
    const confirmed = { ...info, basis: undefined, expectedRevision: undefined };
    const route = await this.bus.execute(alias, confirmRollback, confirmed);
    return { ...route, changed: revision !== undefined };
  }

  /** @throws {RolloutStateError} when the table still sends traffic to an environment that was taken out. */
  #readBack(alias: string, revision: number | undefined): void {
    const { rollout, segment, weights, environments, active } = this.store.route(alias);
    // New weights that were set since, here or by another replica, are not a failure.
    if (rollout?.phase.name !== 'Aborting' && segment !== revision) return;
    const table = this.table.current.get(alias);
    for (const name of Object.keys(environments)) {
      const { weight } = slotOf(table, name);
      if (name === active || weight === 0 || weightOf(weights, name) > 0) continue;
      throw new RolloutStateError(
        `"${name}" of route "${alias}" still has ${weight}% of the traffic after the rollback.`,
        'Set the weights by hand, and report this.',
      );
    }
  }
}
