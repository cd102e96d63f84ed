import type { CompiledRoute, Slot } from './route-table.js';

/** Where mirrors go: to the named environment, else to the one that a rollout tries or would try; if it can be asked from here. */
export function shadowTarget(route: CompiledRoute, to: string | undefined): Slot | undefined {
  const target = to === undefined ? route.onTrial : route.slots.find(({ environment }) => environment === to);
  return target?.servable ? target : undefined;
}
