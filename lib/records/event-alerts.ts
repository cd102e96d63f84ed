import type { JournalEntry } from '../domain/events.js';
import type { Alert, AlertSeverity, AlertType } from './alert.js';

const ENDED_AT_0 = 'rollout lowered to 0% and ended';

/** The alert for a journal entry, if there is one. Every replica creates the same. */
export function alertOf(entry: JournalEntry): Alert | undefined {
  switch (entry.type) {
    case 'RolloutStarted':
      return told(entry, 'rollout_started', 'info', `rollout from "${entry.from}" to "${entry.to}" started`);
    case 'RolloutPaused':
      return entry.cause === 'Manual'
        ? told(entry, 'rollout_paused', 'info', 'paused')
        : told(entry, 'rollout_paused', 'warning', `paused (${entry.cause})`);
    case 'RolloutSucceeded':
      return told(entry, 'rollout_succeeded', 'info', entry.lowered ? ENDED_AT_0 : 'rollout completed');
    case 'WeightsSet':
      return entry.reverted && told(entry, 'rollback', severityOf(entry), `all traffic returned to "${entry.active}"`);
    case 'RolloutAborted':
      return entry.byOptions
        ? told(entry, 'rollback', 'warning', 'new options ended the rollout, applied')
        : told(entry, 'rollback', severityOf(entry), 'rolled back');
    default:
      return undefined;
  }
}

/** People know about their own rollback. */
function severityOf({ actor }: JournalEntry): AlertSeverity {
  return actor === 'system' ? 'critical' : 'info';
}

function told(entry: JournalEntry, type: AlertType, severity: AlertSeverity, what: string): Alert {
  const { route, revision, at, actor, reason, evidence } = entry;
  const message = `Route "${route}": ${what} by ${actor}: ${reason}`;
  return { id: `${type}:${revision}`, type, severity, at, route, actor, message, evidence };
}
