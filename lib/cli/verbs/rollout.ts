import type { Command } from 'commander';
import { usage } from '../cli-error.js';
import type { RolloutCommand } from '../control-client.js';
import { Session, withReason, type CommonOptions } from '../session.js';
import { onEach } from './each-route.js';

const SIMPLE: readonly (readonly [RolloutCommand, string])[] = [
  ['start', 'start the rollout of the configured schedule'],
  ['pause', 'pause the schedule; a failing gate still rolls back'],
  ['resume', 'continue the schedule'],
  ['approve', 'approve a step that waits for it'],
];

/** The verbs that are about the rollout of one route. */
export function addRolloutVerbs(program: Command): void {
  for (const [name, description] of SIMPLE) {
    const verb = withReason(program.command(name).description(description));
    if (name === 'start') verb.option('--force', 'start although pre-flight fails; needs a --reason for the journal');
    verb.action(async ({ force, ...options }: CommonOptions & { force?: boolean }) => {
      if (force && options.reason === undefined) throw usage('--force needs a reason.', 'Say why with --reason.');
      const session = new Session(options);
      await onEach(session, name, [await session.route()], async ({ route }) => {
        await session.client.command(route, name, { ...session.body(), ...(force && { force }) });
        return undefined;
      });
    });
  }
}
