import { Option, type Command } from 'commander';
import { nearest } from '../../kit/nearest.js';
import type { StatusAnswer } from '../../http/control/answers/status.js';
import { usage } from '../cli-error.js';
import { rollbackOf, type RollbackFlags } from '../rollback.js';
import { percent, Session, withReason, type CommonOptions } from '../session.js';
import { round, weightsIn, zero } from '../weight-flags.js';
import { onEach } from './each-route.js';

/** The verbs that move traffic by hand: of all routes, or of the one that `--route` names. */
export function addVerbsByHand(program: Command): void {
  addPromote(program);
  addRollback(program);
  addCanary(program);
  addShift(program);
  addTrafficShift(program);
}

function addPromote(program: Command): void {
  const verb = program.command('promote').description('end the rollout, or a manual split, with success now');
  withReason(verb).action(async (options: CommonOptions) => {
    const session = new Session(options);
    const routes = await session.routes();
    const isAnyOnTrial = routes.some(({ canary_active }) => canary_active);
    await onEach(session, 'promote', routes, async ({ route, canary_active, active }) => {
      if (isAnyOnTrial && !canary_active) return { nothing: `"${active}" is live, and nothing is on trial` };
      await session.client.command(route, 'promote', session.body());
      return undefined;
    });
  });
}

function addRollback(program: Command): void {
  const verb = program.command('rollback').description('return all traffic at once');
  withReason(verb)
    .option('--environment <name>', 'the environment to take out of service, or the name of the deployment')
    .addOption(new Option('--bound <what>', 'also end conversations that only it can continue').choices(['refuse']))
    .action(async (options: CommonOptions & RollbackFlags) => {
      const session = new Session(options);
      const routes = await session.routes();
      await onEach(session, 'rollback', routes, rollbackOf(session, routes, options));
    });
}

function addCanary(program: Command): void {
  const verb = program
    .command('canary')
    .description('give the canary this share of the traffic, and the live environment the rest');
  withReason(verb)
    .requiredOption('--percentage <n>', 'share of the canary, 0–100', percent)
    .option('--environment <name>', 'the canary (default: green, or blue while green is live)')
    .action(async (options: CommonOptions & { percentage: number; environment?: string }) => {
      const session = new Session(options);
      const routes = await session.routes();
      const canaries = new Map(routes.map((status) => [status.route, canaryOf(status, options.environment)]));
      const rest = round(100 - options.percentage);
      await onEach(session, 'canary', routes, async ({ route, active, environments }) => {
        const canary = canaries.get(route)!;
        const weights = { ...zero(Object.keys(environments)), [active]: rest, [canary]: options.percentage };
        const body = session.body(`canary at ${options.percentage}%`);
        const answer = await session.client.setWeights(route, weights, body);
        // `null`: neither the route nor the server's options set a health check.
        const isUnwatched = answer['health_check'] === null;
        if (isUnwatched && rest > 0 && rest < 100) await session.client.watchSplit(route, { reason: body.reason });
        return undefined;
      });
    });
}

/** @throws {CliError} when the route has no such environment beside the live one. */
function canaryOf({ route, active, environments }: StatusAnswer, named: string | undefined): string {
  const names = Object.keys(environments);
  const usual = ['green', 'blue', ...names].find((name) => name !== active && names.includes(name));
  const canary = named ?? usual;
  if (canary !== undefined && canary !== active && names.includes(canary)) return canary;
  const others = names.filter((name) => name !== active).join(', ') || '(none)';
  throw usage(`Route "${route}" has no canary${canary ? ` "${canary}"` : ''}.`, `Use --environment ${others}.`);
}

function addShift(program: Command): void {
  const verb = program.command('shift').description('move percentage points to an environment');
  withReason(verb)
    .requiredOption('--target <name>', 'the environment that gets them')
    .option('--increment <n>', 'percentage points', percent, 10)
    .action(async (options: CommonOptions & { target: string; increment: number }) => {
      const { target, increment } = options;
      if (increment === 0) throw usage('A shift of 0 moves nothing.', 'Write a number above 0, like --increment 10.');
      const session = new Session(options);
      const routes = await session.routes();
      for (const { route, environments } of routes) assertKnown(route, [target], Object.keys(environments));
      await onEach(session, 'shift', routes, async ({ route, weights }) => {
        if ((weights[target] ?? 0) >= 100) return { nothing: `"${target}" has all of the traffic` };
        const body = { ...session.body(`${increment} points to ${target}`), target, increment };
        await session.client.command(route, 'shift', body);
        return undefined;
      });
    });
}

function addTrafficShift(program: Command): void {
  const verb = program
    .command('traffic-shift')
    .description('set the weights in percent, with a flag for each environment');
  withReason(verb)
    .usage('--blue 100 --green 0 [options]')
    .allowUnknownOption()
    .allowExcessArguments()
    .action(async (options: CommonOptions, command: Command) => {
      const flags = command.options.map(({ long }) => long ?? '');
      const given = weightsIn(command.args, flags);
      const session = new Session(options);
      const routes = await session.routes();
      for (const { route, environments } of routes) assertKnown(route, Object.keys(given), Object.keys(environments));
      const shares = Object.entries(given).map(([name, share]) => `${name} ${share}`);
      await onEach(session, 'traffic-shift', routes, async ({ route, environments }) => {
        const weights = { ...zero(Object.keys(environments)), ...given };
        await session.client.setWeights(route, weights, session.body(`traffic ${shares.join(', ')}`));
        return undefined;
      });
    });
}

/** @throws {CliError} */
function assertKnown(route: string, wanted: readonly string[], names: readonly string[]): void {
  const unknown = wanted.find((name) => !names.includes(name));
  if (unknown === undefined) return;
  const meant = nearest(unknown, names);
  const remedy = `Use one of: ${names.join(', ')}.`;
  throw usage(`Route "${route}" has no environment "${unknown}".`, meant ? `Did you mean ${meant}? ${remedy}` : remedy);
}
