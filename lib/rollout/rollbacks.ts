import type { Command } from '../domain/command.js';
import { RolloutStateError } from '../domain/errors.js';
import { confirmRollback } from '../domain/rollout-commands.js';
import type { RouteState } from '../domain/state.js';
import type { LiveRouteTable } from '../routing/live-route-table.js';
import { slotOf } from '../routing/route-table.js';
import type { CommandBus, CommandInfo } from './command-bus.js';

/** Carries rollbacks through: take the traffic back, read the weight back from the table that routes, confirm. */
export class Rollbacks {
  constructor(
    private readonly bus: CommandBus,
    private readonly table: LiveRouteTable,
  ) {}

  /**
   * @param command takes the traffic back. A rollback that has begun elsewhere is carried through as well.
   * @throws {RolloutStateError} when the weight could not be read back as zero, and what the command throws.
   */
  async run(alias: string, command: Command, info: CommandInfo): Promise<RouteState> {
    const withReason = { reason: 'rollback', ...info };
    const { rollout } = await this.bus.execute(alias, command, withReason);
    // Another replica may have ended the rollout meanwhile. New weights that were set since are not a failure.
    const isOpen = rollout?.phase.name === 'Aborting';
    const left = isOpen ? slotOf(this.table.current.get(alias), rollout.to).weight : 0;
    if (left > 0) {
      throw new RolloutStateError(
        `"${rollout!.to}" of route "${alias}" still has ${left}% of the traffic after its rollback.`,
        'Set the weights by hand, and report this.',
      );
    }
    return this.bus.execute(alias, confirmRollback, { ...withReason, basis: undefined, expectedRevision: undefined });
  }
}
