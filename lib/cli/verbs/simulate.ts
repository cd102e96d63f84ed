import type { Command } from 'commander';
import { comparedBy } from '../../analysis/compared-by.js';
import { alphaShares } from '../../analysis/evidence/alpha-shares.js';
import { JOB_MIXTURE } from '../../analysis/evidence/power.js';
import { propose } from '../../analysis/simulation/propose.js';
import { simulate } from '../../analysis/simulation/simulate.js';
import type { Conditions, Effort, TimedStep } from '../../analysis/simulation/simulation.js';
import type { Tolerance } from '../../analysis/simulation/trial.js';
import { showMinutes } from '../../analysis/simulation/warnings.js';
import { parseOptions } from '../../options/parse-options.js';
import { closed, DEFAULT_ROLLOUT, type ConfiguredRollout } from '../../schedule/plan-schema.js';
import { refused, usage } from '../cli-error.js';
import { readConfig } from '../config-file.js';
import { outputTo } from '../output.js';
import { progressBar } from '../progress-bar.js';
import { fraction, parseSteps, parseTime, positive, stepsInWords, timeInWords } from '../schedule-words.js';
import { wholeNumber } from '../session.js';
import { percentage, reportLines } from '../simulation-report.js';
import { readFile } from './validate.js';

interface SimulateOptions {
  readonly steps?: TimedStep[];
  readonly config?: string;
  readonly route?: string;
  readonly rps: number;
  readonly baseline: number;
  readonly tolerance?: number;
  readonly alpha?: number;
  readonly gates?: number;
  readonly users?: number;
  readonly retries: number;
  readonly detect?: number;
  readonly within?: number;
  readonly trials: number;
  readonly seed: number;
  readonly json?: boolean;
}

type Plan = ConfiguredRollout['plan'];

const USUAL = '5:10m,25:10m,50:10m,100';
const MOST_TRIALS = 100_000;

/** `simulate`: how soon a schedule detects a worse green, and how often it is wrong. Needs no server. */
export function addSimulate(program: Command): void {
  program
    .command('simulate')
    .description('try a schedule in advance: false rollbacks, and how soon it detects a worse green')
    .option('--steps <list>', `weight:time of each step (default: ${USUAL}, or what --config says)`, parseSteps)
    .option('--config <file>', 'a configuration file with the schedule to try')
    .option('--route <alias>', 'the route in it (default: the only one)')
    .requiredOption('--rps <n>', 'requests per second of both environments together', positive)
    .option('--baseline <share>', "share of the live environment's requests that fail", fraction, 0.01)
    .option('--tolerance <share>', 'how much worse green may be: 10% tolerates 1.1 times the failures', fraction)
    .option('--alpha <share>', 'chance of a false rollback that all gates share (default: 0.05)', fraction)
    .option('--gates <n>', 'gates that share it; the comparison of error rates has half of it', wholeNumber)
    .option('--users <n>', 'users who come back (default: each request is of another one)', wholeNumber)
    .option('--retries <n>', 'how often a client asks again after a failure', wholeNumber, 0)
    .option('--detect <times>', 'propose a schedule that detects a green this many times worse …', positive)
    .option('--within <time>', '… within this time', parseTime)
    .option('--trials <n>', 'simulated rollouts per question', wholeNumber, 2_000)
    .option('--seed <n>', 'seed; the same seed gives the same result', wholeNumber, 1)
    .option('--json', 'one JSON document on stdout, nothing else')
    .action(run);
}

function run(options: SimulateOptions): void {
  check(options);
  const output = outputTo(process.stdout, options.json === true);
  const configured = options.config === undefined ? undefined : scheduleIn(options.config, options.route);
  const { users, retries } = options;
  const conditions: Conditions = {
    requestsPerSecond: options.rps,
    baselineRate: options.baseline,
    ...gateOf(options, configured ?? DEFAULT_ROLLOUT.plan),
    ...(users !== undefined && { users }),
    ...(retries > 0 && { retries }),
  };
  const effort = { trials: options.trials, seed: options.seed };
  const proposed = options.detect === undefined ? undefined : proposal(options, conditions, effort);
  const steps = proposed?.steps ?? options.steps ?? (configured ? timed(configured) : parseSteps(USUAL));
  const report = simulate(steps, conditions, { ...effort, progress: progressBar(process.stderr, 'playing') });

  if (proposed) {
    output.line(`--steps ${stepsInWords(steps)}`);
    output.line(`detects a green ${options.detect}× worse with a chance of ${percentage(proposed.chance)}.\n`);
  }
  output.line(`${stepsInWords(steps)}, ${options.rps} requests/s, ${options.trials} rollouts for each question`);
  for (const line of reportLines(report)) output.line(line);
  output.document({ schedule: steps, conditions, ...effort, ...(proposed && { proposed }), ...report });
}

/** @throws {CliError} */
function check({
  steps,
  config,
  route,
  baseline,
  alpha = 0.05,
  gates,
  users,
  detect,
  within,
  trials,
}: SimulateOptions): void {
  if (baseline <= 0 || baseline >= 1) throw usage('--baseline leaves nothing to compare.', 'Use a share like 1%.');
  if (alpha <= 0 || alpha >= 1) throw usage('--alpha is not a probability.', 'Use one like 0.05.');
  if (users === 0) throw usage('--users is too small.', 'Use at least 1.');
  if (gates === 0) throw usage('--gates is too small.', 'Use at least 1.');
  if (trials < 100 || trials > MOST_TRIALS) throw usage('--trials is out of range.', `Use 100 to ${MOST_TRIALS}.`);
  if ((detect === undefined) !== (within === undefined)) {
    throw usage('--detect and --within belong together.', 'Write them like --detect 2 --within 4h.');
  }
  if (detect !== undefined && steps) throw usage('--detect proposes the steps.', 'Omit --steps.');
  if (config !== undefined && steps) throw usage('--steps and --config both set the steps.', 'Omit one of them.');
  if (route !== undefined && config === undefined) throw usage('--route needs a configuration file.', 'Add --config.');
}

function proposal(options: SimulateOptions, conditions: Conditions, effort: Effort) {
  const aim = { times: options.detect!, within: options.within! };
  if (aim.times <= conditions.ratio) {
    throw usage(`A green ${aim.times}× worse is tolerated.`, `Use more than --detect ${conditions.ratio}.`);
  }
  const found = propose(aim, conditions, { ...effort, progress: progressBar(process.stderr, 'looking') });
  if (found.kind === 'schedule') return found;
  throw refused(
    `A green ${aim.times}× worse cannot be detected within ${timeInWords(aim.within)}.`,
    found.needed === null
      ? 'Look for a greater difference, like --detect 2.'
      : `With half of the traffic it takes ${showMinutes(found.needed / 60_000)}: allow more time, or look for more.`,
    'not_detectable',
  );
}

/** The gate of the plan that compares error rates, with its part of the plan's alpha. @throws {CliError} */
function gateOf({ alpha, gates, tolerance }: SimulateOptions, plan: Plan): Tolerance {
  const alphaTotal = alpha ?? plan.alphaTotal;
  const gate = comparedBy(closed({ ...plan, alphaTotal }));
  if (!gate) {
    throw usage('The schedule compares no error rates.', "Give it a gate { kind: 'errorRate', tolerance: 0 }.");
  }
  const ratio = tolerance === undefined ? (gate.limit ?? 1) : 1 + tolerance;
  return { ratio, alpha: gates === undefined ? gate.alpha : partOf(alphaTotal, gates), mixture: JOB_MIXTURE };
}

/** The part of the comparison, beside the fast trip and the other gates. */
function partOf(alphaTotal: number, gates: number): number {
  const others = Array.from({ length: gates }, (_, n) => ({ name: `other ${n}`, kind: 'other' as const }));
  return alphaShares(alphaTotal, [{ name: 'errors', kind: 'error' }, ...others])!.get('errors')!;
}

function timed({ steps }: Plan): TimedStep[] {
  return steps.map(({ setWeight, duration }) => ({ weight: setWeight, duration }));
}

/** @throws {CliError | ConfigFileError} */
function scheduleIn(path: string, alias: string | undefined): Plan {
  const { routes } = parseOptions(readConfig(readFile(path), process.env).options);
  const aliases = [...routes.keys()];
  if (alias === undefined && aliases.length !== 1) {
    throw usage(`${path} has ${aliases.length} routes.`, `Name one with --route: ${aliases.join(', ')}.`);
  }
  const found = routes.get(alias ?? aliases[0]!);
  if (!found) throw usage(`${path} has no route "${alias}".`, `Use one of: ${aliases.join(', ')}.`);
  return found.rollout.plan;
}
