import type { Command } from 'commander';
import { isObject, stringAt } from '../../upstream/json.js';
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
      for (const line of linesOf(report)) session.output.line(line);
      if (isObject(report) && report['can_deploy'] === false) {
        throw refused(`A rollout of "${route}" would not start.`, 'Mend what has failed.', 'preflight_failed');
      }
      session.output.document(report);
    });
}

/** One line a tier, as `verify` has them. */
function linesOf(report: unknown): string[] {
  const checks = isObject(report) && Array.isArray(report['checks']) ? report['checks'].filter(isObject) : [];
  return checks.map((check) => {
    const word = (field: string): string => stringAt(check, field) ?? '';
    return `${word('tier').padEnd(12)}  ${word('status').padEnd(7)} ${word('message')}`;
  });
}
