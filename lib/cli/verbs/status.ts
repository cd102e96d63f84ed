import type { Command } from 'commander';
import { EXIT, usage } from '../cli-error.js';
import { picture } from '../picture.js';
import { Session, withRoute, type CommonOptions } from '../session.js';
import { watch } from '../watch.js';

interface StatusOptions extends CommonOptions {
  readonly watch?: boolean;
  readonly exitCode?: boolean;
}

/** `status`: the state of every route, once or live. */
export function addStatus(program: Command): void {
  const verb = program.command('status').description('weights, figures and rollout of every route, or of one');
  withRoute(verb)
    .option('--watch', 'show the route live until the rollout has ended')
    .option('--exit-code', 'exit with 1 if the newest rollout was rolled back')
    .action(async (options: StatusOptions) => {
      const session = new Session(options);
      const rolledBack = options.watch === true ? await watch(session) : await once(session);
      if (options.exitCode === true && rolledBack) process.exitCode = EXIT.refused;
    });
}

async function once({ client, output, options: { route } }: Session): Promise<boolean> {
  const all = await client.status();
  const shown = route === undefined ? all : all.filter((status) => status.route === route);
  if (route !== undefined && shown.length === 0) {
    throw usage(`There is no route "${route}".`, `Use one of: ${all.map((status) => status.route).join(', ')}.`);
  }
  output.document({ routes: shown });
  shown.forEach((status, index) => {
    if (index > 0) output.line();
    for (const line of picture(status)) output.line(line);
  });
  return shown.some(({ rollout }) => rollout?.phase.name === 'RolledBack');
}
