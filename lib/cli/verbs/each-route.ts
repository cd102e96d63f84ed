import type { StatusAnswer } from '../../http/control/answers/status.js';
import { CliError, EXIT, usage } from '../cli-error.js';
import { figures, headline, sights, warnings } from '../picture.js';
import type { Session } from '../session.js';

/** The effect of a verb on a route: nothing, and why; or the requested change. */
type NothingDone = { readonly nothing: string } | undefined;

/** How a verb treats one route, as it was before. */
export type RouteAct = (route: StatusAnswer) => Promise<NothingDone>;

interface RouteResult {
  readonly route: string;
  readonly outcome?: NothingDone;
  readonly status?: StatusAnswer;
  readonly error?: CliError;
}

/**
 * Carries a verb out on each of these routes and prints the results, read back from the server: a line for each of
 * several, with its figures for one. A route that fails stops no other.
 *
 * @throws {CliError} when it failed on every route.
 */
export async function onEach(
  session: Session,
  verb: string,
  routes: readonly StatusAnswer[],
  act: RouteAct,
): Promise<void> {
  if (routes.length > 1 && session.options.expectedRevision !== undefined) {
    throw usage('--expected-revision is about one route.', `Name it with --route: ${aliases(routes)}.`);
  }
  const results: RouteResult[] = [];
  for (const before of routes) results.push(await attempt(session, before, act));
  const failed = results.flatMap(({ error }) => error ?? []);
  if (failed.length === results.length && failed[0]) throw failed[0];
  show(session, verb, results);
  if (failed.length > 0) process.exitCode = failed[0]!.exitCode;
}

async function attempt({ client }: Session, before: StatusAnswer, act: RouteAct): Promise<RouteResult> {
  const { route } = before;
  try {
    const outcome = await act(before);
    return { route, outcome, status: await client.rollout(route) };
  } catch (error) {
    // Without a server, or without the right to change anything, the other routes need no attempt.
    const isOfRoute = error instanceof CliError && !GENERAL.has(error.exitCode);
    if (!isOfRoute) throw error;
    return { route, error };
  }
}

const GENERAL = new Set<number>([EXIT.unreachable, EXIT.unauthorized]);

function show({ output }: Session, verb: string, results: readonly RouteResult[]): void {
  const [only, ...others] = results;
  if (others.length > 0) {
    output.document({ verb, routes: results.map(documentOf) });
    for (const { route, outcome, status, error } of results) {
      if (error) process.stderr.write(`error: ${route}: ${error.message}\n`);
      else output.line(`${headline(status!)}${outcome ? `; nothing to ${verbWords(verb)}: ${outcome.nothing}` : ''}`);
    }
    return;
  }
  const { outcome, status } = only!;
  output.document({ verb, ...documentOf(only!) });
  if (outcome) output.line(`Nothing to ${verbWords(verb)}: ${outcome.nothing}`);
  output.line(headline(status!));
  const told = verb === 'start' ? sights(status!) : [];
  for (const line of [...figures(status!), ...warnings(status!, told), ...told]) output.line(line);
}

function documentOf({ route, outcome, status, error }: RouteResult): object {
  if (error) return { route, error: { code: error.code, message: error.message } };
  return { route, status, ...outcome };
}

function verbWords(verb: string): string {
  return verb === 'rollback' ? 'roll back' : verb;
}

function aliases(routes: readonly StatusAnswer[]): string {
  return routes.map(({ route }) => route).join(', ');
}
