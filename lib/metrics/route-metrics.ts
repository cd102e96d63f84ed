import type { Breakers } from '../router/breakers.js';
import type { WarningBook } from '../router/warning-book.js';
import type { CompiledRoute, RouteTable, Slot } from '../routing/route-table.js';
import type { Labels, MetricSpec, Sample } from './metric.js';

const PLACE = ['route', 'environment'];

export interface RouteSources {
  readonly table: { readonly current: RouteTable };
  readonly breakers: Breakers;
  readonly warnings: Pick<WarningBook, 'counts'>;
}

/** The present weights of this process. */
export function routeMetrics({ table, breakers, warnings }: RouteSources): MetricSpec[] {
  const slots = (read: (slot: Slot, route: CompiledRoute, labels: Labels) => Sample[]) => (): Sample[] =>
    table.current.aliases.flatMap((alias) => {
      const route = table.current.get(alias);
      return route.slots.flatMap((slot) => read(slot, route, { route: alias, environment: slot.environment }));
    });
  return [
    {
      name: 'blue_green_warnings_total',
      type: 'counter',
      help: 'Parts of requests that the environment that answered did without: hints that its format has no place for.',
      labels: [...PLACE, 'field'],
      read: () =>
        warnings.counts.map(({ route, environment, field, count }) => ({
          labels: { route, environment, field },
          value: count,
        })),
    },
    {
      name: 'blue_green_environment_info',
      type: 'gauge',
      help: 'The version that is in an environment now. Always 1; join it to tell the versions of other figures.',
      labels: [...PLACE, 'version', 'model'],
      read: slots(({ version: { tag, model } }, _, labels) => [
        { labels: { ...labels, version: tag, model }, value: 1 },
      ]),
    },
    {
      name: 'blue_green_environment_weight_ratio',
      type: 'gauge',
      help: 'Share of the traffic by the weights that hold here, 0 to 1.',
      labels: PLACE,
      read: slots(({ weight }, _, labels) => [{ labels, value: weight / 100 }]),
    },
    {
      name: 'blue_green_environment_active',
      type: 'gauge',
      help: '1 for the environment that is live, 0 for the others.',
      labels: PLACE,
      read: slots((slot, { active }, labels) => [{ labels, value: Number(slot.environment === active.environment) }]),
    },
    {
      name: 'blue_green_breaker_open',
      type: 'gauge',
      help: '1 while the environment is left alone here because of its failures or its rate limits, else 0.',
      labels: PLACE,
      read: slots((slot, { alias }, labels) => [{ labels, value: Number(breakers.isOpen(alias, slot)) }]),
    },
  ];
}
