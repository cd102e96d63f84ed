import type { CompiledRoute, Slot } from './route-table.js';

/** Where mirrors go: to the named environment, else to the canary, if this process can ask it. */
export function shadowTarget(route: CompiledRoute, to: string | undefined): Slot | undefined {
  const target = to === undefined ? route.canary : route.slots.find(({ environment }) => environment === to);
  return target?.servable ? target : undefined;
}
