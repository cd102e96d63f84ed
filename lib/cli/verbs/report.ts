import type { Command } from 'commander';
import { usage } from '../cli-error.js';
import { Session, withRoute, type CommonOptions } from '../session.js';

interface ReportOptions extends CommonOptions {
  readonly format: string;
  readonly rollout?: string;
}

/** `report`: one page about the newest rollout, to share. */
export function addReport(program: Command): void {
  const verb = program.command('report').description('one page about the newest rollout of a route, to share');
  withRoute(verb)
    .option('--format <format>', 'md or html', 'md')
    .option('--rollout <id>', 'id of an earlier rollout')
    .action(async (options: ReportOptions) => {
      const { format, rollout } = options;
      if (format !== 'md' && format !== 'html') throw usage(`"${format}" is not a format.`, 'Use md or html.');
      const session = new Session(options);
      const { route } = await session.route();
      const text = await session.client.report(route, format, rollout);
      session.output.document({ route, format, report: text });
      session.output.line(text.trimEnd());
    });
}
