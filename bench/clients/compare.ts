import type { Results } from './client.js';

/** An exercise that ended differently. */
export interface Difference {
  readonly exercise: string;
  readonly direct: string;
  readonly gateway: string;
}

/** Marks that the gateway puts on a provider's opaque values: they come off on the way back in. */
const STAMP = /bg1\.[\w.-]*\.(?=[^."\\]+["\\])/g;

/** The names of the two environments' models, where a client shows them. */
const MODELS = /(?:blue|green)-model/g;

/** Exercises whose results are not the same. One that only one side has is a difference. */
export function differencesIn(direct: Results, gateway: Results): readonly Difference[] {
  const names = new Set([...Object.keys(direct), ...Object.keys(gateway)]);
  return [...names].flatMap((exercise) => {
    const [one, other] = [written(direct[exercise]), written(gateway[exercise])];
    return one === other ? [] : [{ exercise, direct: one, gateway: other }];
  });
}

function written(result: unknown): string {
  return JSON.stringify(sorted(result) ?? 'nothing')
    .replaceAll(STAMP, '')
    .replaceAll(MODELS, 'chat');
}

/** Fields in one order: that of an object's fields means nothing. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const plain = JSON.parse(JSON.stringify(value)) as Record<string, unknown>;
  if (typeof plain !== 'object' || plain === null || Array.isArray(plain)) return plain;
  return Object.fromEntries(
    Object.keys(plain)
      .toSorted()
      .map((key) => [key, sorted(plain[key])]),
  );
}
