import type { Provider } from '@nestjs/common';
import type { Journal } from '../journal/journal.js';
import type { MetricsRegistry } from '../metrics/metric.js';
import type { PrometheusMount } from '../metrics/prometheus-mount.js';
import { PrometheusMetrics } from '../metrics/prometheus-metrics.js';
import { BudgetService } from '../money/budget.service.js';
import type { BlueGreenConfig } from '../options/config.js';
import type { Primary } from '../primary/primary.js';
import { AlertService } from '../records/alert.service.js';
import { RolloutService } from '../rollout/rollout.service.js';
import { StateStore } from '../rollout/state-store.js';
import { Breakers } from '../router/breakers.js';
import { WarningBook } from '../router/warning-book.js';
import { ShadowService } from '../shadow/shadow.service.js';
import { LiveRouteTable } from '../routing/live-route-table.js';
import { FleetFigures } from '../telemetry/fleet-figures.js';
import { Telemetry } from '../telemetry/telemetry.js';
import { CONFIG, JOURNAL, PRIMARY, PROMETHEUS } from '../tokens.js';
import { OptionsError } from '../validation/validation-error.js';

/** Figures for monitoring systems. */
export const METRICS: Provider[] = [
  {
    // Absent unless switched on.
    provide: PrometheusMetrics,
    inject: [
      PROMETHEUS,
      CONFIG,
      LiveRouteTable,
      Breakers,
      StateStore,
      RolloutService,
      Telemetry,
      AlertService,
      ShadowService,
      BudgetService,
      JOURNAL,
      FleetFigures,
      WarningBook,
      PRIMARY,
    ],
    useFactory: async (
      mount: PrometheusMount | undefined,
      { routes }: BlueGreenConfig,
      table: LiveRouteTable,
      breakers: Breakers,
      store: StateStore,
      rollouts: RolloutService,
      telemetry: Telemetry,
      alerts: AlertService,
      shadow: ShadowService,
      budgets: BudgetService,
      journal: Journal,
      fleet: FleetFigures | undefined,
      warnings: WarningBook,
      primary: Primary | undefined,
    ) => {
      if (!mount) return undefined;
      const aliases = (): string[] => [...routes.keys()];
      const sources = {
        table,
        breakers,
        store,
        rollouts,
        telemetry,
        alerts,
        shadow,
        budgets,
        journal,
        fleet,
        aliases,
        warnings,
      };
      const registry = mount.registry ?? (await usualRegistry());
      return new PrometheusMetrics(registry, sources, mount, primary?.channel);
    },
  },
];

/** @throws {OptionsError} when `prom-client` is not installed. */
async function usualRegistry(): Promise<MetricsRegistry> {
  const { register } = await import('prom-client').catch((cause: unknown) => {
    const remedy = 'Run: npm install prom-client@15.';
    throw new OptionsError([{ path: 'prometheus', value: 'on', message: 'needs prom-client', remedy }], { cause });
  });
  return register;
}
