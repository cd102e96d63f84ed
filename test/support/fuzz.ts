import { test } from '@jest/globals';
import * as fc from 'fast-check';

/** Inputs for each promise: 2,000 in `npm test`, 100,000 with `npm run fuzz`. */
const RUNS = Number(process.env['FUZZ_RUNS'] ?? 2_000);
const IS_LONG = RUNS > 2_000;
const STEP = 10_000;

/** Beyond an hour it hangs. */
const TIMEOUT = IS_LONG ? 3_600_000 : 60_000;

/**
 * A promise that holds for every input there is. A failure names its seed and the smallest input that was found; a long
 * run says how far it is.
 */
export function fuzz<Input>(
  promise: string,
  inputs: fc.Arbitrary<Input>,
  holds: (input: Input) => void | Promise<void>,
): void {
  test(
    promise,
    async () => {
      let tried = 0;
      const property = fc.asyncProperty(inputs, async (input) => {
        await holds(input);
        tried++;
        if (IS_LONG && tried % STEP === 0) process.stderr.write(`fuzz: ${tried} of ${RUNS}: ${promise}\n`);
      });
      await fc.assert(property, { numRuns: RUNS });
    },
    TIMEOUT,
  );
}

/** Bytes of a text, or any others. */
export const anyBytes = fc.oneof(fc.uint8Array({ maxLength: 200 }), fc.string({ unit: 'binary' }).map(utf8));

function utf8(text: string): Uint8Array {
  return Buffer.from(text);
}

/** Cuts bytes at the given places, in packets that may be empty. */
export function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const bounds = [0, ...places.map((place) => place % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
  return bounds.slice(1).map((bound, index) => bytes.subarray(bounds[index], bound));
}

/** Where to cut: anywhere, also twice in one place. */
export const anyCuts = fc.array(fc.nat(), { maxLength: 8 });

/** Names that every object has, or that would give it another prototype. */
export const builtIn = fc.constantFrom('__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty');

/** JSON as somebody may send it, the names of built-ins in it as keys of its own. */
export const anyJson: fc.Arbitrary<unknown> = fc
  .letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.oneof(fc.constant(null), fc.boolean(), fc.integer(), fc.double(), fc.string({ unit: 'binary' }), builtIn),
      fc.array(tie('value'), { maxLength: 4 }),
      fc
        .array(fc.tuple(fc.oneof(builtIn, fc.string({ maxLength: 12 })), tie('value')), { maxLength: 5 })
        .map((entries) => Object.fromEntries(entries)),
    ),
  }))
  .value.map((value) => JSON.parse(JSON.stringify(value)) as unknown);

/** A value with some of its parts put in place of others, taken away, or given to names that nobody expects. */
export function changed(value: unknown): fc.Arbitrary<unknown> {
  const paths = pathsIn(value);
  const change = fc.record({ path: fc.constantFrom(...paths), junk: anyJson, name: fc.option(builtIn) });
  return fc.array(change, { minLength: 1, maxLength: 3 }).map((changes) => {
    let result = value;
    for (const { path, junk, name } of changes) result = replaced(result, path, junk, name);
    return result;
  });
}

function pathsIn(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, part]) => pathsIn(part, [...path, key]))];
}

function replaced(value: unknown, [key, ...rest]: readonly string[], junk: unknown, name: string | null): unknown {
  if (key === undefined) {
    if (name === null || typeof value !== 'object' || value === null || Array.isArray(value)) return junk;
    return Object.fromEntries([...Object.entries(value), [name, junk]]);
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([own, part]): [string, unknown] => [
    own,
    own === key ? replaced(part, rest, junk, name) : part,
  ]);
  return Array.isArray(value) ? entries.map(([, part]) => part) : Object.fromEntries(entries);
}

/** Names that a prototype has got which it should not have. */
export function pollution(): string[] {
  return [Object.prototype, Array.prototype, Function.prototype].flatMap((prototype) => Object.keys(prototype));
}
