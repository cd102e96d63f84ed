import type { JournalEntry } from '../domain/events.js';
import type { Alert, AlertSeverity, AlertType } from './alert.js';

const ENDED_AT_0 = 'the rollout has ended, its traffic was lowered to 0%';

/** The alert for a journal entry, if there is one. Every replica creates the same. */
export function alertOf(entry: JournalEntry): Alert | undefined {
  switch (entry.type) {
    case 'RolloutStarted':
      return told(entry, 'rollout_started', 'info', `a rollout from "${entry.from}" to "${entry.to}" has begun`);
    case 'RolloutPaused':
      return told(entry, 'rollout_paused', entry.cause === 'Manual' ? 'info' : 'warning', `paused, ${entry.cause}`);
    case 'RolloutSucceeded':
      return told(entry, 'rollout_succeeded', 'info', entry.lowered ? ENDED_AT_0 : 'the rollout has succeeded');
    case 'WeightsSet':
      return entry.reverted && told(entry, 'rollback', severityOf(entry), `all traffic back to "${entry.active}"`);
    case 'RolloutAborted':
      return entry.byOptions
        ? told(entry, 'rollback', 'warning', 'a deploy has ended the rollout')
        : told(entry, 'rollback', severityOf(entry), 'rolled back');
    default:
      return undefined;
  }
}

/** A person knows of their own rollback. */
function severityOf({ actor }: JournalEntry): AlertSeverity {
  return actor === 'system' ? 'critical' : 'info';
}

function told(entry: JournalEntry, type: AlertType, severity: AlertSeverity, what: string): Alert {
  const { route, revision, at, actor, reason, evidence } = entry;
  const message = `Route "${route}": ${what}, by ${actor}: ${reason}`;
  return { id: `${type}:${revision}`, type, severity, at, route, actor, message, evidence };
}
