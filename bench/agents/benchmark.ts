import { parseArgs } from 'node:util';
import { RedisServer } from '../../test/support/redis.js';
import { NotInstalled } from '../clients/client.js';
import { sessionsOf, type Outcome, type Settings } from './run.js';
import { SCENARIOS, type Scenario } from './scenarios.js';

/** Without stamps every other session breaks: this many are enough to see it. */
const WITHOUT_STAMPS = 10;

/**
 * Sessions of real agents, with tools, while the split moves; then fewer of them without stamps where both sides speak
 * one format, some of which have to break. `--only` chooses agents by a part of their name. Returns 1 when a session is
 * lost, an environment leaves a call to another one, none breaks without stamps, or an agent cannot be had.
 */
export async function agents(args: readonly string[]): Promise<number> {
  const options = { sessions: { type: 'string', default: '50' }, only: { type: 'string', default: '' } } as const;
  const { values } = parseArgs({ args: [...args], options });
  const sessions = Number(values.sessions);
  const chosen = SCENARIOS.filter(({ agent }) => agent.name.toLowerCase().includes(values.only.toLowerCase()));
  console.log(
    '| agent | blue → green | stamps | sessions | lost | refused | rescued | by blue, green | in both | moves | takes |',
  );
  console.log('| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |');
  const stamped: Outcome[] = [];
  const plain: Outcome[] = [];
  let isWhole = chosen.length > 0;
  for (const scenario of chosen) {
    const outcome = await row({ scenario, sessions, stamped: true });
    if (outcome) stamped.push(outcome);
    else isWhole = false;
  }
  for (const scenario of chosen.filter(({ blue, green }) => blue === green)) {
    const outcome = await row({ scenario, sessions: WITHOUT_STAMPS, stamped: false });
    if (outcome) plain.push(outcome);
  }
  const result = {
    sessions: sum(stamped, ({ sessions: count }) => count),
    lost: sum(stamped, ({ lost }) => lost),
    refused: sum(stamped, refusedIn),
    lostWithoutStamps: sum(plain, ({ lost }) => lost),
  };
  console.log(`\n${JSON.stringify(result)}`);
  const isSound = result.lost === 0 && result.refused === 0 && sum(stamped, ({ rescued }) => rescued) === 0;
  return isWhole && isSound && result.lostWithoutStamps > 0 ? 0 : 1;
}

/** One line of the table, and the details of what went wrong below it. */
async function row(settings: Omit<Settings, 'redis' | 'ended'>): Promise<Outcome | undefined> {
  const { scenario, stamped } = settings;
  const begun = performance.now();
  const redis = await RedisServer.start();
  try {
    const ended = (done: number, lost: number): void => {
      if (process.stderr.isTTY) process.stderr.write(`\r${nameOf(scenario)}: ${done} sessions, ${lost} lost `);
    };
    const outcome = await sessionsOf({ ...settings, redis: redis.url, ended });
    if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
    const { sessions, lost, rescued, answers, crossed, moves } = outcome;
    const seconds = `${((performance.now() - begun) / 1_000).toFixed(0)} s`;
    const places = `${answers.blue}, ${answers.green}`;
    const columns = [
      stamped ? 'yes' : 'no',
      sessions,
      lost,
      refusedIn(outcome),
      rescued,
      places,
      crossed,
      moves,
      seconds,
    ];
    console.log(`| ${scenario.agent.name} | ${scenario.name} | ${columns.join(' | ')} |`);
    if (stamped) printDetails(outcome);
    return outcome;
  } catch (error) {
    if (!(error instanceof NotInstalled)) throw error;
    console.log(`| ${scenario.agent.name} | ${scenario.name} | cannot be had here: ${error.message} | | | | | | | | |`);
    return undefined;
  } finally {
    await redis.stop();
  }
}

function printDetails({ refusals, errors, reasons }: Outcome): void {
  for (const [message, count] of refusals) console.log(`  refused ${count} times: ${message}`);
  for (const [call, count] of errors) console.log(`  answered ${count} times: ${call}`);
  for (const reason of reasons) console.log(`  lost: ${reason.slice(0, 500)}`);
}

function nameOf({ agent, name }: Scenario): string {
  return `${agent.name}, ${name}`;
}

function refusedIn({ refusals }: Outcome): number {
  return [...refusals.values()].reduce((total, count) => total + count, 0);
}

function sum(outcomes: readonly Outcome[], count: (outcome: Outcome) => number): number {
  return outcomes.reduce((total, outcome) => total + count(outcome), 0);
}
