import type { Command } from 'commander';
import { usage } from '../cli-error.js';
import type { RolloutCommand } from '../control-client.js';
import { figures, headline } from '../picture.js';
import { rollbackPlan } from '../rollback-plan.js';
import { percent, Session, withReason, type CommonOptions } from '../session.js';

const SIMPLE: readonly (readonly [RolloutCommand, string, string])[] = [
  ['start', 'start the rollout of the configured schedule', 'started by hand'],
  ['pause', 'pause the schedule; a failing gate still rolls back', 'paused by hand'],
  ['resume', 'continue the schedule', 'resumed by hand'],
  ['approve', 'approve a step that waits for it', 'approved by hand'],
  ['promote', 'end the rollout, or a manual split, with success now', 'promoted by hand'],
];

/** The verbs that move a route's traffic. */
export function addRolloutVerbs(program: Command): void {
  for (const [name, description, reason] of SIMPLE) {
    const verb = withReason(program.command(name).description(description));
    if (name === 'start') verb.option('--force', 'start although pre-flight fails; needs a --reason for the journal');
    verb.action(async ({ force, ...options }: CommonOptions & { force?: boolean }) => {
      if (force && options.reason === undefined) throw usage('--force needs a reason.', 'Say why with --reason.');
      const session = new Session(options);
      const { route } = await session.route();
      await session.client.command(route, name, { ...session.body(reason), ...(force && { force }) });
      await showOutcome(session, route, name);
    });
  }
  addRollback(program);
  addCanary(program);
  addTrafficShift(program);
}

function addRollback(program: Command): void {
  const verb = program.command('rollback').description('return all traffic at once');
  withReason(verb)
    .option('--environment <name>', 'the environment to take out of service')
    .action(async (options: CommonOptions & { environment?: string }) => {
      const session = new Session(options);
      const before = await session.route();
      const plan = rollbackPlan(before, options.environment);
      const body = { ...session.body('rolled back by hand'), ...(plan.by === 'command' && { to: plan.to }) };
      if (plan.by === 'command') await session.client.command(before.route, 'rollback', body);
      else session.output.line(`Nothing to roll back: ${plan.because}`);
      await showOutcome(session, before.route, 'rollback');
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
      const { route, active, environments } = await session.route();
      const names = Object.keys(environments);
      const usual = ['green', 'blue', ...names].find((name) => name !== active && names.includes(name));
      const canary = options.environment ?? usual;
      if (canary === undefined || canary === active || !names.includes(canary)) {
        const others = names.filter((name) => name !== active).join(', ') || '(none)';
        throw usage(`Route "${route}" has no canary${canary ? ` "${canary}"` : ''}.`, `Use --environment ${others}.`);
      }
      const rest = round(100 - options.percentage);
      const weights = { ...zero(names), [active]: rest, [canary]: options.percentage };
      const body = session.body(`canary at ${options.percentage}%`);
      const answer = await session.client.setWeights(route, weights, body);
      // `null`: neither the route nor the server's options set a health check.
      const isUnwatched = answer['health_check'] === null;
      if (isUnwatched && rest > 0 && rest < 100) await session.client.watchSplit(route, { reason: body.reason });
      await showOutcome(session, route, 'canary');
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
      const given = weightsIn(command.args);
      const session = new Session(options);
      const { route, environments } = await session.route();
      const names = Object.keys(environments);
      for (const name of Object.keys(given)) {
        if (!names.includes(name)) {
          throw usage(`Route "${route}" has no environment "${name}".`, `Use one of: --${names.join(', --')}.`);
        }
      }
      const shares = Object.entries(given).map(([name, share]) => `${name} ${share}`);
      await session.client.setWeights(
        route,
        { ...zero(names), ...given },
        session.body(`traffic ${shares.join(', ')}`),
      );
      await showOutcome(session, route, 'traffic-shift');
    });
}

/** `--blue 100 --green=0`, for any names of environments. */
function weightsIn(args: readonly string[]): Record<string, number> {
  const words = args.flatMap((word) => (/^--[^=]+=/.test(word) ? splitAt(word, word.indexOf('=')) : [word]));
  const weights: Record<string, number> = {};
  for (let index = 0; index < words.length; index += 2) {
    const [flag = '', share] = words.slice(index, index + 2);
    if (!/^--[a-z][a-z0-9-]{0,31}$/.test(flag) || share === undefined) {
      throw usage(`"${flag}" is not an environment with its share.`, 'Write it like --blue 100 --green 0.');
    }
    weights[flag.slice(2)] = percent(share);
  }
  const sum = Object.values(weights).reduce((total, share) => total + share, 0);
  if (Math.abs(sum - 100) <= 0.01) return weights;
  throw usage(`The shares sum to ${round(sum)}, not to 100.`, 'Write it like --blue 100 --green 0.');
}

function splitAt(word: string, at: number): string[] {
  return [word.slice(0, at), word.slice(at + 1)];
}

function zero(names: readonly string[]): Record<string, number> {
  return Object.fromEntries(names.map((name) => [name, 0]));
}

function round(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}

/** Prints the result, read back from the server. */
async function showOutcome({ client, output }: Session, route: string, verb: string): Promise<void> {
  const status = await client.rollout(route);
  output.document({ verb, route, status });
  output.line(headline(status));
  for (const line of figures(status)) output.line(line);
}
