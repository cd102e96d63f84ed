import type { Caller } from './callers/caller.js';
import { lostOnTheWay, lostOnTheWayBack, STATUSES } from './compare.js';
import type { Exercise, Fault } from './exercise.js';
import { EXERCISES, FAILING, FAULTS } from './exercises.js';
import { Stage } from './stage.js';
import type { Upstream } from './upstreams.js';
import { CALLERS } from './callers/callers.js';

/** The outcome of one exercise by one caller at one vendor. */
export interface Cell {
  readonly caller: string;
  readonly upstream: string;
  readonly exercise: string;
  readonly outcome: 'passed' | 'unsupported' | 'lost';
  /** The field that is unsupported, or what was lost. */
  readonly detail: string;
}

type Result = Pick<Cell, 'outcome' | 'detail'>;

const PASSED: Result = { outcome: 'passed', detail: '' };

/** All cells of one vendor. @param only a part of the names of exercises. */
export async function cellsOf(upstream: Upstream, only = ''): Promise<readonly Cell[]> {
  const stage = await Stage.open(upstream);
  const cells: Cell[] = [];
  try {
    for (const caller of CALLERS) {
      const at = { caller: caller.name, upstream: upstream.name };
      for (const exercise of EXERCISES.filter(({ name, ask }) => name.includes(only) && caller.can(ask))) {
        cells.push({ ...at, exercise: exercise.name, ...(await answered(stage, caller, exercise)) });
      }
      for (const fault of FAULTS.filter(({ name }) => name.includes(only))) {
        for (const stream of fault.stage === 'status' ? [false, true] : [true]) {
          const name = `${fault.name}${stream && fault.stage === 'status' ? ', streamed' : ''}`;
          cells.push({ ...at, exercise: name, ...(await failed(stage, caller, fault, stream)) });
        }
      }
    }
  } finally {
    await stage.close();
  }
  return cells;
}

async function answered({ vendor, place }: Stage, caller: Caller, exercise: Exercise): Promise<Result> {
  vendor.heard = [];
  vendor.next = { said: exercise.said };
  try {
    const got = await caller.run(place, exercise);
    const [heard, ...more] = vendor.heard;
    if (!heard || more.length > 0) return lost([`the vendor got ${vendor.heard.length} calls`]);
    const losses = [...lostOnTheWay(heard, exercise.ask), ...lostOnTheWayBack(exercise.said, got, heard.wire, caller)];
    return losses.length === 0 ? PASSED : lost(losses);
  } catch (error) {
    const field = unsupportedField(error);
    if (field !== undefined && vendor.heard.length === 0) return { outcome: 'unsupported', detail: field };
    return lost([...vendor.heard.flatMap((heard) => lostOnTheWay(heard, exercise.ask)), `raised ${wordsOf(error)}`]);
  }
}

async function failed({ vendor, place }: Stage, caller: Caller, fault: Fault, stream: boolean): Promise<Result> {
  vendor.heard = [];
  vendor.next = { said: FAILING.said, fault };
  try {
    const got = await caller.run(place, { ...FAILING, stream });
    return lost([`an answer in place of the error: ${JSON.stringify(got)}`]);
  } catch (error) {
    const { status, words } = facts(error);
    // An error in a stream has no status; one in whose words the class stands is told as one.
    const inside = fault.stage !== 'status' && /server had an error|Internal error|Overloaded|upstream_/i.test(words);
    if (inside || status === STATUSES[fault.failure]) return PASSED;
    const own = fault.name === 'overloaded' && words.includes('overloaded_error');
    return own ? PASSED : lost([`raised status ${status}: ${words}`]);
  }
}

function lost(what: readonly string[]): Result {
  return { outcome: 'lost', detail: what.join('; ') };
}

/** The field that a typed refusal names. */
function unsupportedField(error: unknown): string | undefined {
  const { words } = facts(error);
  if (!words.includes('upstream_unsupported')) return undefined;
  return (
    /"([^"\\]+)\\?" cannot be carried over/.exec(words)?.[1] ?? /does not take the request: ([^.]+)/.exec(words)?.[1]
  );
}

/** Status and words of an error, wherever an SDK keeps them. */
function facts(error: unknown): { readonly status: number | undefined; readonly words: string } {
  const held = error as { status?: number; code?: unknown; lastError?: unknown; cause?: unknown; error?: unknown };
  // LangChain has errors of its own for some of them, without a field for the status.
  const status = held?.status ?? Number(/: (\d{3}) /.exec(wordsOf(error))?.[1]);
  return {
    status,
    words: `${String(held?.code)} ${wordsOf(error)} ${JSON.stringify(held?.error ?? '')}`,
  };
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : JSON.stringify(error);
}
