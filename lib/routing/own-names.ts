import type { Version } from '../domain/version.js';

interface Having {
  readonly alias: string;
  readonly slots: readonly { readonly version: Version }[];
}

/** Aliases by the names of models: each route stands under the models of all its environments. */
export function ownNames(routes: Iterable<Having>): ReadonlyMap<string, readonly string[]> {
  const names = new Map<string, string[]>();
  for (const { alias, slots } of routes) {
    for (const model of new Set(slots.map(({ version }) => version.model))) {
      const aliases = names.get(model);
      if (aliases) aliases.push(alias);
      else names.set(model, [alias]);
    }
  }
  return names;
}
