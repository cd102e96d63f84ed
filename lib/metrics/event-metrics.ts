import type { JournalEntry } from '../domain/events.js';
import type { Alert } from '../records/alert.js';
import type { ShadowPair } from '../telemetry/shadow-pair.js';
import type { Labels, MetricSpec, Sample } from './metric.js';

/** Occasional events, counted since this process started. Labels are few: types, routes, outcomes. */
class EventCounts {
  readonly #counts = new Map<string, { readonly labels: Labels; value: number }>();

  add(labels: Labels): void {
    const key = JSON.stringify(Object.values(labels));
    const known = this.#counts.get(key);
    if (known) known.value++;
    else this.#counts.set(key, { labels, value: 1 });
  }

  samples(): Sample[] {
    return [...this.#counts.values()].map(({ labels, value }) => ({ labels, value }));
  }
}

/** Journal entries, alerts and mirrored requests. */
export class EventFigures {
  readonly decisions = new EventCounts();
  readonly alerts = new EventCounts();
  readonly pairs = new EventCounts();

  /** Names stay in the journal: they are private, and there may be many. */
  entry({ route = '', type, actor }: JournalEntry): void {
    this.decisions.add({ route, event: type, by: actor === 'system' ? 'system' : 'person' });
  }

  alert({ type, severity, route = '' }: Alert): void {
    this.alerts.add({ route, type, severity });
  }

  pair({ route, shadow }: ShadowPair): void {
    this.pairs.add({ route, outcome: shadow.outcome });
  }
}

export function eventMetrics({ decisions, alerts, pairs }: EventFigures): MetricSpec[] {
  return [
    {
      name: 'blue_green_decisions_total',
      type: 'counter',
      help: 'Entries of the journal since this process started, by type and by origin: a person or the schedule. Every replica counts the whole fleet.',
      labels: ['route', 'event', 'by'],
      read: () => decisions.samples(),
    },
    {
      name: 'blue_green_alerts_total',
      type: 'counter',
      help: 'Alerts sent by this replica; one replica of the fleet sends each.',
      labels: ['route', 'type', 'severity'],
      read: () => alerts.samples(),
    },
    {
      name: 'blue_green_shadow_mirrors_total',
      type: 'counter',
      help: 'Mirrored requests that have ended on both sides, by outcome of the shadow.',
      labels: ['route', 'outcome'],
      read: () => pairs.samples(),
    },
  ];
}
