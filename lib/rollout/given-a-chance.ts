import type { JournalEntry } from '../domain/events.js';
import type { RouteState } from '../domain/state.js';
import { weightOf } from '../domain/weights.js';

/**
 * The environments that an entry gives a fresh chance: one that is tried, is promoted, has another version or address,
 * or gets traffic by hand. Earlier failures do not keep it from being asked.
 *
 * @param route as it is after the entry.
 */
export function givenAChance(entry: JournalEntry, { active, environments }: RouteState): readonly string[] {
  switch (entry.type) {
    case 'RolloutStarted':
      return [entry.to];
    case 'RolloutSucceeded':
      return [active];
    case 'VersionAssigned':
      return [entry.environment];
    case 'AddressesChanged':
      return entry.changed;
    case 'WeightsSet':
      return entry.reverted ? [] : Object.keys(environments).filter((name) => weightOf(entry.weights, name) > 0);
    case 'RouteRestored':
      return Object.keys(environments);
    default:
      return [];
  }
}
