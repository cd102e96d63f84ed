import type { Journal } from '../journal/journal.js';
import type { BudgetStatus } from '../money/budget.service.js';
import type { ShadowReport } from '../shadow/shadow-report.js';
import type { MetricSpec, Sample } from './metric.js';
import type { Scrape } from './scrape.js';

export interface ResourceSources {
  readonly budgets: { status(): Promise<readonly BudgetStatus[]> };
  readonly shadow: { shadowReport(alias: string): ShadowReport };
  readonly aliases: () => readonly string[];
  readonly journal: Journal;
  readonly store: { readonly state: { readonly revision: number } };
  /** Absent when replicas do not share figures. */
  readonly fleet: { readonly age: number | undefined } | undefined;
}

/** Resources that may run out: budgets, mirrors, the connection to other replicas. */
export function resourceMetrics(sources: ResourceSources, scrape: Scrape): MetricSpec[] {
  return [...moneyMetrics(sources, scrape), ...shadowMetrics(sources), ...journalMetrics(sources)];
}

function moneyMetrics({ budgets }: ResourceSources, scrape: Scrape): MetricSpec[] {
  const status = scrape.once(() => budgets.status());
  const budget = (name: string, help: string, value: (status: BudgetStatus) => number | undefined): MetricSpec => ({
    name,
    type: 'gauge',
    help,
    labels: ['scope', 'route'],
    read: async () =>
      (await status('')).flatMap((one) => sampleOf({ scope: one.scope, route: one.route ?? '' }, value(one))),
  });
  return [
    budget(
      'blue_green_budget_spent_usd',
      'Spent this month (UTC); of the fleet where it is shared.',
      ({ spent }) => spent,
    ),
    budget('blue_green_budget_reserved_usd', 'Reserved for calls in flight.', ({ reserved }) => reserved),
    budget('blue_green_budget_limit_usd', 'Monthly limit; absent without one.', ({ limit }) => limit),
  ];
}

function shadowMetrics({ shadow, aliases }: ResourceSources): MetricSpec[] {
  const reports = (read: (report: ShadowReport) => Sample[]) =>
    function* (): Generator<Sample> {
      for (const alias of aliases()) yield* read(shadow.shadowReport(alias));
    };
  return [
    {
      name: 'blue_green_shadow_shed_total',
      type: 'counter',
      help: 'Mirrors that were not sent, by reason.',
      labels: ['route', 'reason'],
      read: reports(({ route, shed }) =>
        Object.entries(shed).flatMap(([reason, value]) => (value > 0 ? [{ labels: { route, reason }, value }] : [])),
      ),
    },
    {
      name: 'blue_green_shadow_similarity_ratio',
      type: 'gauge',
      help: 'Mean similarity of canary answers to the answers of callers, 0 to 1; absent without any.',
      labels: ['route'],
      read: reports(({ route, meanSimilarity }) => sampleOf({ route }, meanSimilarity ?? undefined)),
    },
    {
      name: 'blue_green_shadow_spent_usd',
      type: 'gauge',
      help: 'Cost of the mirrors of this process this month (UTC).',
      labels: ['route'],
      read: reports(({ route, spentThisMonthUsd }) => sampleOf({ route }, spentThisMonthUsd)),
    },
  ];
}

function journalMetrics({ journal, store, fleet }: ResourceSources): MetricSpec[] {
  return [
    {
      name: 'blue_green_journal_revision',
      type: 'gauge',
      help: 'Revision of the journal that is live here. Replicas that lag behind show a lower one.',
      labels: [],
      read: () => sampleOf({}, store.state.revision),
    },
    {
      name: 'blue_green_journal_away_seconds',
      type: 'gauge',
      help: 'How long the journal has been unreachable; 0 while it is reachable.',
      labels: [],
      read: () => sampleOf({}, (journal.connection?.awayFor() ?? 0) / 1000),
    },
    {
      name: 'blue_green_figures_age_seconds',
      type: 'gauge',
      help: "Age of the other replicas' figures; absent when replicas do not share figures.",
      labels: [],
      read: () => sampleOf({}, fleet?.age === undefined ? undefined : fleet.age / 1000),
    },
  ];
}

function sampleOf(labels: Sample['labels'], value: number | undefined): Sample[] {
  return value === undefined ? [] : [{ labels, value }];
}
