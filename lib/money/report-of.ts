import type { PriceOf } from '../domain/usage.js';
import type { LiveRouteTable } from '../routing/live-route-table.js';
import type { Telemetry } from '../telemetry/telemetry.js';
import { costReport, type CostFigures, type CostReport, type Sameness } from './cost-report.js';

/** The sources of a report. */
export interface ReportSources {
  readonly table: LiveRouteTable;
  readonly telemetry: Telemetry;
  readonly priceOf: PriceOf;
  readonly shadowReport: (alias: string) => Sameness;
}

/** @throws {UnknownRouteError} */
export function reportOf(alias: string, { table, telemetry, priceOf, shadowReport }: ReportSources): CostReport {
  const route = table.current.get(alias);
  const figures = route.slots.map(({ environment, version }): CostFigures => {
    const { answers, inputTokens, cachedInputTokens, outputTokens, cost, unpriced, ...per } = telemetry.total(
      alias,
      environment,
      version.tag,
    );
    const { costPer1000Requests, costPerToken } = per;
    const tokens = { answers, inputTokens, cachedInputTokens, outputTokens };
    const who = { environment, version: version.tag, model: version.model };
    return { ...who, ...tokens, cost, unpriced, costPer1000Requests, costPerToken };
  });
  const upstreams = new Map(route.slots.map(({ environment, version }) => [environment, version.upstream]));
  return costReport(alias, route.active.environment, figures, priceOf, shadowReport(alias), upstreams);
}
