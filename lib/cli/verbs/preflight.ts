import type { Command } from 'commander';
import type { PreflightAnswer } from '../../http/control/answers/status.js';
import { refused } from '../cli-error.js';
import { Session, withRoute, type CommonOptions } from '../session.js';

/** `preflight`: would `start` find the environment fit? */
export function addPreflight(program: Command): void {
  const verb = program
    .command('preflight')
    .description('would a rollout start? The server checks connectivity, key and model');
  withRoute(verb)
    .option('--environment <name>', 'the environment to check')
    .action(async (options: CommonOptions & { environment?: string }) => {
      const session = new Session(options);
      const { route } = await session.route();
      const report = await session.client.preflight(route, options.environment);
      for (const line of report.checks.map(lineOf)) session.output.line(line);
      if (!report.can_deploy) {
        throw refused(`A rollout of "${route}" would not start.`, 'Fix the failed checks.', 'preflight_failed');
      }
      session.output.document(report);
    });
}

/** One line per tier, as in `verify`. */
function lineOf({ tier, status, message }: PreflightAnswer['checks'][number]): string {
  return `${tier.padEnd(12)}  ${status.padEnd(7)} ${message}`;
}
