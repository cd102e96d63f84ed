import type { Ended } from './agent.js';
import { Organization } from './organization.js';
import { KEY, Replicas, type Move } from './replicas.js';
import type { Scenario } from './scenarios.js';
import { Task } from './task.js';

/** Sessions at once: agents are large programs. */
const AT_ONCE = 4;

/** Over and over, so that every session sees several of them. */
const MOVES: readonly Move[] = [5, 25, 50, 100, 'rollback'];

/** Answers of models between two moves: not as many as would have sessions always begin at the same weights. */
const ANSWERS_PER_MOVE = 5;

export interface Settings {
  readonly scenario: Scenario;
  readonly sessions: number;
  /** Whether what only its maker can read is stamped. */
  readonly stamped: boolean;
  readonly redis: string;
  /** Called whenever a session has ended. */
  readonly ended?: (done: number, lost: number) => void;
}

export interface Outcome {
  readonly sessions: number;
  readonly lost: number;
  /** Answers of models, by environment. */
  readonly answers: { readonly blue: number; readonly green: number };
  /** Sessions in which both environments answered. */
  readonly crossed: number;
  readonly moves: number;
  /** Calls that were answered by another environment than the one that was to. */
  readonly rescued: number;
  /** Refusals by organizations, and how often each. */
  readonly refusals: ReadonlyMap<string, number>;
  /** Calls that agents were not answered with success, with their status, and how often each. */
  readonly errors: ReadonlyMap<string, number>;
  /** Why sessions were lost. */
  readonly reasons: readonly string[];
}

/** Sessions of an agent, a few at once, while green comes, takes over and is rolled back. @throws {NotInstalled} */
export async function sessionsOf({ scenario, sessions, stamped, redis, ended }: Settings): Promise<Outcome> {
  const run = await scenario.agent.prepare();
  const refusals = new Map<string, number>();
  const answers = { blue: 0, green: 0 };
  const by = { blue: new Set<string>(), green: new Set<string>() };
  const refusedTasks = new Set<string>();
  let moves = 0;
  let replicas: Replicas | undefined;
  let moving: Promise<void> = Promise.resolve();
  const move = (): void => {
    const to = MOVES[moves++ % MOVES.length]!;
    moving = moving.then(() => replicas!.move(to));
  };
  const watch = (name: 'blue' | 'green') => ({
    answered(task: string | undefined) {
      answers[name]++;
      if (task !== undefined) by[name].add(task);
      if ((answers.blue + answers.green) % ANSWERS_PER_MOVE === 0) move();
    },
    refused(task: string | undefined, message: string) {
      refusals.set(message, (refusals.get(message) ?? 0) + 1);
      if (task !== undefined) refusedTasks.add(task);
    },
  });
  const [blue, green] = await Promise.all([
    Organization.start('blue', scenario.blue.model, watch('blue')),
    Organization.start('green', scenario.green.model, watch('green')),
  ]);
  const reasons: string[] = [];
  try {
    const environments = {
      blue: { ...scenario.blue.environment(blue.baseUrl), weight: 100 },
      green: { ...scenario.green.environment(green.baseUrl), weight: 0 },
    };
    replicas = await Replicas.start(environments, redis, stamped);
    const at = { origin: replicas.door.origin, apiKey: KEY };
    move();
    let [begun, done] = [0, 0];
    const worker = async (): Promise<void> => {
      while (begun < sessions) {
        begun++;
        const task = new Task();
        const why = lostBecause(await run(at, task), task, refusedTasks);
        if (why !== undefined) reasons.push(why);
        ended?.(++done, reasons.length);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    await moving;
    const { seen } = replicas.door;
    const rescued = seen.filter(({ isRescued }) => isRescued).length;
    const errors = new Map<string, number>();
    for (const { call, status } of seen) {
      if (status >= 400) errors.set(`${status} ${call}`, (errors.get(`${status} ${call}`) ?? 0) + 1);
    }
    const crossed = [...by.blue].filter((task) => by.green.has(task)).length;
    return { sessions, lost: reasons.length, answers, crossed, moves, rescued, refusals, errors, reasons };
  } finally {
    await replicas?.stop();
    await Promise.all([blue.stop(), green.stop()]);
  }
}

/** An agent may outlive a refusal by asking again without its thoughts: the session has lost them all the same. */
function lostBecause({ said, failure }: Ended, task: Task, refused: ReadonlySet<string>): string | undefined {
  if (failure !== undefined) return failure;
  if (!task.isDoneIn(said)) return `the files are not in its words: ${said}`;
  return refused.has(task.id) ? 'a provider refused one of its requests' : undefined;
}
