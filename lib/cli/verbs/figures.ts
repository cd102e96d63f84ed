import type { Command } from 'commander';
import { isObject, objectAt } from '../../kit/json.js';
import { columns } from '../output.js';
import { Session, wholeNumber, withRoute, withServer, type CommonOptions } from '../session.js';

interface FigureOptions extends CommonOptions {
  readonly version?: string;
  readonly since?: string;
  readonly until?: string;
  readonly metrics?: string;
  readonly limit?: number;
}

/** The default metrics. */
const METRICS = 'request_count,error_rate,latency_p50,latency_p99,cost,cost_per_1000_requests';

/** The verbs that show figures. Each prints a table; with `--json`, the answer of the server. */
export function addFigures(program: Command): void {
  withServer(program.command('metrics').description('figures of every version, or of one, over a period'))
    .option('--version-tag <tag>', 'one version')
    .option('--since <time>', 'start of the period: ISO 8601 or milliseconds since the epoch')
    .option('--until <time>', 'end of the period, likewise')
    .option('--metrics <names>', 'names, separated by commas', METRICS)
    .action((options: FigureOptions & { versionTag?: string }) => {
      const { versionTag: version_tag, since: start_time, until: end_time, metrics } = options;
      return show(options, '/metrics/versions', { version_tag, start_time, end_time, metrics });
    });
  withRoute(program.command('alerts').description('alerts, newest first'))
    .option('--limit <n>', 'maximum number of rows', wholeNumber)
    .action((options: FigureOptions) => {
      return show(options, '/alerts', { route: options.route, limit: options.limit });
    });
  withRoute(program.command('requests').description('the request log: latency per version, no prompts'))
    .option('--version-tag <tag>', 'one version')
    .option('--limit <n>', 'maximum number of rows', wholeNumber)
    .action((options: FigureOptions & { versionTag?: string }) => {
      const { route, versionTag: version_tag, limit } = options;
      return show(options, '/requests', { route, version_tag, limit });
    });
  withRoute(
    program.command('cost').description('the cost of each environment, and of its traffic on the others'),
  ).action(cost);
  withServer(program.command('budgets').description('the spending of each budget this month')).action(
    (options: CommonOptions) => show(options, '/budgets', {}),
  );
  withRoute(program.command('shadow').description('the comparison of live answers with those of the shadow')).action(
    shadow,
  );
}

async function show(
  options: CommonOptions,
  path: string,
  query: Readonly<Record<string, string | number | undefined>>,
): Promise<void> {
  const { client, output } = new Session(options);
  const { raw, rows } = await client.read(path, query);
  output.document(raw);
  for (const line of columns(rows)) output.line(line);
}

async function shadow(options: CommonOptions): Promise<void> {
  const session = new Session(options);
  const route = options.route ?? (await session.route()).route;
  const answer = await session.client.reportOn('/shadow/report', route);
  session.output.document(answer);
  const rows = Object.entries(answer).map(([figure, value]) => ({ figure, value }));
  for (const line of columns(rows)) session.output.line(line);
}

async function cost(options: CommonOptions): Promise<void> {
  const session = new Session(options);
  const route = options.route ?? (await session.route()).route;
  const { raw, rows } = await session.client.read('/cost/report', { model_alias: route }, 'environments');
  session.output.document(raw);
  for (const line of columns(rows, { without: 'elsewhere' })) session.output.line(line);
  const elsewhere = rows.flatMap(({ environment, elsewhere: others }) =>
    (Array.isArray(others) ? others : []).filter(isObject).map(({ environment: on, ...rest }) => ({
      traffic_of: environment,
      on,
      ...rest,
    })),
  );
  if (elsewhere.length > 0) for (const line of ['', ...columns(elsewhere)]) session.output.line(line);
  const cheaper = objectAt(raw, 'cheaper');
  if (cheaper)
    for (const line of ['', 'cheaper than the live environment:', ...columns([cheaper])]) session.output.line(line);
}
