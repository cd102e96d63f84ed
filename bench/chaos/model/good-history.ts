import type { JournalEntry } from 'nestjs-blue-green';
import { rollbackRoute } from '../../../lib/domain/rollback-commands.js';
import { confirmRollback } from '../../../lib/domain/rollout-commands.js';
import { advanceRollout } from '../../../lib/domain/stage-commands.js';
import { RouteTable } from '../../../lib/routing/route-table.js';
import { History as Journal, planWith, routeWith } from '../../../test/support/history.js';
import type { CallRecord, History, LookRecord, PlacementRecord } from '../history.js';
import { statesOf } from './states.js';

/** The figures before the rollback. */
export const GREEN_IS_DUE = { environment: 'green', epoch: 3 };

/** When each revision was appended: 1 at 1,000 and so on. */
const atRevision = (revision: number): number => revision * 1_000;

/**
 * A run in which nothing is wrong, for specs to break: a rollout at 10% (revision 2), at 30% (3), reverted (4, 5), on
 * the replicas `a` and `b`.
 */
export function goodHistory(): History {
  const entries = goodEntries();
  const lives = ['a', 'b'].map((replica) => ({ replica, life: `${replica}1`, from: 0 }));
  return {
    entries,
    lives,
    calls: [call('one', 'ada'), call('two', 'bob'), call('three', 'ada')],
    placements: [
      placement('one', 'green', 2),
      placement('two', 'blue', 3),
      placement('three', 'green', 3, { replica: 'b', life: 'b1' }),
    ],
    news: lives.flatMap(({ replica, life }) =>
      entries.map((entry) => ({ replica, life, at: atRevision(entry.revision), entry })),
    ),
    commands: [
      { reason: 'start', kind: 'start', replica: 'a', at: 1_990, endedAt: 2_000, outcome: 'done' },
      { reason: 'rollback', kind: 'rollback', replica: 'b', at: 3_990, endedAt: 5_000, outcome: 'done' },
      { reason: 'too late', kind: 'rollback', replica: 'b', at: 6_000, endedAt: 6_001, outcome: 'rollout_state' },
    ],
    looks: [look(2), { ...look(3), due: { chat: GREEN_IS_DUE } }, { ...look(5), final: true }],
    intruders: [{ at: 2_500, hasStarted: false }],
    away: [],
    bills: [{ id: 'one', at: 2_200, amount: 1 }],
    budget: { route: 'chat', limit: 2, booked: 1 },
    limits: { propagation: 500, recovery: 1_000, maxStaleness: 5_000, detection: 2_000, settling: 100 },
  };

  function look(revision: number): LookRecord {
    const table = RouteTable.from(statesOf(entries)[revision]!);
    return { replica: 'a', life: 'a1', at: atRevision(revision) + 500, revision, routes: [table.get('chat')] };
  }
}

function goodEntries(): JournalEntry[] {
  const journal = Journal.rolling(routeWith({ blue: 100, green: 0, fallback: 0 }), planWith([10, 30]));
  journal.run(advanceRollout);
  journal.run(rollbackRoute);
  journal.run(confirmRollback);
  const reasons = ['configuration', 'start', 'good so far', 'rollback', 'rollback'];
  return journal.entries.map((entry, n) => ({ ...entry, reason: reasons[n]! }));
}

export function call(id: string, user: string, rest: Partial<CallRecord> = {}): CallRecord {
  const when = { at: 2_100, endedAt: 2_200, left: false };
  return { id, user, replica: 'a', route: 'chat', ...when, kind: 'answer', ...rest };
}

export function placement(
  requestId: string,
  environment: string,
  segment: number,
  rest: Partial<PlacementRecord> = {},
): PlacementRecord {
  const where = { replica: 'a', life: 'a1', route: 'chat', environment, version: `${environment}-1` };
  return { requestId, ...where, epoch: 2, segment, at: atRevision(segment) + 100, callerOutcome: 'ok', ...rest };
}
