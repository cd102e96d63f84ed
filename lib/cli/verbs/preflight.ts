import type { Command } from 'commander';
import { stringAt } from '../../kit/json.js';
import { refused } from '../cli-error.js';
import { Session, withRoute, type CommonOptions } from '../session.js';

/** `preflight`: is the environment that `start` would try fit for it? */
export function addPreflight(program: Command): void {
  const verb = program
    .command('preflight')
    .description('would a rollout start? Connectivity, key and model, by the server');
  withRoute(verb)
    .option('--environment <name>', 'look at this one')
    .action(async (options: CommonOptions & { environment?: string }) => {
      const session = new Session(options);
      const { route } = await session.route();
      const report = await session.client.preflight(route, options.environment);
      for (const line of report.checks.map(lineOf)) session.output.line(line);
      if (!report.isFit) {
        throw refused(`A rollout of "${route}" would not start.`, 'Mend what has failed.', 'preflight_failed');
      }
      session.output.document(report.raw);
    });
}

/** One line a tier, as `verify` has them. */
function lineOf(check: Readonly<Record<string, unknown>>): string {
  const word = (field: string): string => stringAt(check, field) ?? '';
  return `${word('tier').padEnd(12)}  ${word('status').padEnd(7)} ${word('message')}`;
}
