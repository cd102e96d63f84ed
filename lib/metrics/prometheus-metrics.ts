import { Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { Observable, Subscription } from 'rxjs';
import type { JournalEntry } from '../domain/events.js';
import type { Alert } from '../records/alert.js';
import type { Channel } from '../primary/channel.js';
import type { Observation } from '../telemetry/observation.js';
import type { ShadowPair } from '../telemetry/shadow-pair.js';
import { OptionsError } from '../validation/validation-error.js';
import { EventFigures, eventMetrics } from './event-metrics.js';
import { expositionOf } from './exposition.js';
import { RegisteredMetric, type MetricSpec, type MetricsRegistry } from './metric.js';
import type { PrometheusMount } from './prometheus-mount.js';
import { RequestFigures } from './request-figures.js';
import { requestMetrics } from './request-metrics.js';
import { resourceMetrics, type ResourceSources } from './resource-metrics.js';
import { rolloutMetrics, type RolloutSources } from './rollout-metrics.js';
import { routeMetrics, type RouteSources } from './route-metrics.js';
import { Scrape } from './scrape.js';

/** The sources of the metrics: streams that are counted, and state that is read at a scrape. */
export interface MetricsSources extends RouteSources, RolloutSources, ResourceSources {
  readonly telemetry: { onObservation(listener: (observation: Observation) => void): () => void };
  readonly store: RolloutSources['store'] & ResourceSources['store'] & { readonly entries$: Observable<JournalEntry> };
  readonly alerts: { readonly alerts$: Observable<Alert> };
  readonly shadow: ResourceSources['shadow'] & { readonly pairs$: Observable<ShadowPair> };
}

/**
 * Our metrics in a registry of prom-client, while the app runs. Figures of requests, alerts and mirrors are those of
 * this process: Prometheus scrapes every replica and adds them up.
 */
export class PrometheusMetrics implements OnModuleInit, OnApplicationShutdown {
  readonly #logger = new Logger(PrometheusMetrics.name);
  readonly #requests = new RequestFigures();
  readonly #events = new EventFigures();
  readonly #metrics: readonly (readonly [name: string, metric: RegisteredMetric])[];
  readonly #subscriptions: Subscription[] = [];
  #unsubscribe: () => void = () => {};

  constructor(
    private readonly registry: MetricsRegistry,
    private readonly sources: MetricsSources,
    { histograms = true }: Pick<PrometheusMount, 'histograms'> = {},
    /** To the primary process where this is one of several workers. */
    private readonly primary?: Channel,
  ) {
    primary?.offer('metrics', { exposition: () => expositionOf(registry) });
    const scrape = new Scrape();
    const specs: readonly MetricSpec[] = [
      ...requestMetrics(this.#requests),
      ...routeMetrics(sources),
      ...rolloutMetrics(sources, scrape),
      ...eventMetrics(this.#events),
      ...resourceMetrics(sources, scrape),
    ];
    this.#metrics = specs
      .filter(({ type }) => histograms || type !== 'histogram')
      .map((spec) => [
        spec.name,
        new RegisteredMetric(spec, scrape, (error) =>
          this.#logger.error(`${spec.name} cannot be read: ${String(error)}`),
        ),
      ]);
  }

  /** @throws {OptionsError} when the registry has these metrics already. */
  onModuleInit(): void {
    const taken = this.#metrics.find(([name]) => this.registry.getSingleMetric(name) !== undefined);
    if (taken) {
      const message = `has a metric "${taken[0]}" already`;
      const remedy = 'Another app with the module uses it. Give each app its own: new Registry().';
      throw new OptionsError([{ path: 'prometheus.registry', value: 'a registry', message, remedy }]);
    }
    for (const [, metric] of this.#metrics) this.registry.registerMetric(metric as never);
    const { telemetry, store, alerts, shadow } = this.sources;
    this.#unsubscribe = telemetry.onObservation((observation) => this.#requests.see(observation));
    this.#subscriptions.push(
      store.entries$.subscribe((entry) => this.#events.entry(entry)),
      alerts.alerts$.subscribe((alert) => this.#events.alert(alert)),
      shadow.pairs$.subscribe((pair) => this.#events.pair(pair)),
    );
  }

  /** Removes our metrics: the registry may outlive the app. */
  onApplicationShutdown(): void {
    this.#unsubscribe();
    for (const subscription of this.#subscriptions) subscription.unsubscribe();
    for (const [name, metric] of this.#metrics) {
      if (this.registry.getSingleMetric(name) === metric) this.registry.removeSingleMetric(name);
    }
  }

  /** The whole registry in the exposition format; of a worker, those of all workers, each with its label. */
  async exposition(): Promise<{ readonly contentType: string; readonly text: string }> {
    const { contentType } = this.registry;
    const text = this.primary?.ask<string>('group', 'expositions') ?? expositionOf(this.registry);
    return { contentType, text: await text };
  }
}
