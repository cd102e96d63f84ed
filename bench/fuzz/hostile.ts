import type { Random } from '../../lib/kit/clock.js';

/** Numbers as they stand in a text of JSON: at the edges, tiny, huge, and those that are not what they seem. */
const NUMBERS = (
  '0 -0 1 -1 0.1 0.30000000000000004 33.333333333333336 99.99999999999999 100.00000000000001 ' +
  '1e-7 1e-300 5e-324 -1e-7 1e3 10000 65536 1e6 1e9 2147483647 2147483648 4294967296 ' +
  `9007199254740991 9007199254740992 1e15 1e16 1e21 1e300 1.7976931348623157e308 -1e300 1e999 ` +
  `${'9'.repeat(400)} 0.${'0'.repeat(400)}1`
).split(' ');

/** Texts where a number, a time or a name is wanted. */
const TEXTS = [
  ',0,1e-7,1e300,NaN,Infinity,0x10,1_000,٣,1e9d,999999999999999d,0.000000000000001ms'.split(','),
  '* * * * *|0 0 30 2 *|*/0 * * * *|0-59/1 0-23/1 1-31/1 1-12/1 0-7/1|59 23 29 2 1|@yearly'.split('|'),
  '9999-12-31T23:59:59Z 0000-01-01T00:00:00Z -271821-04-20T00:00:00.000Z 275760-09-13T00:00:00.000Z'.split(' '),
  '__proto__ constructor ../../etc/passwd %00 \u2028 \u202e'.split(' '),
  ['a'.repeat(10_000)],
]
  .flat()
  .map((text) => JSON.stringify(text));

const OTHERS = ['null', 'true', 'false', '{}', '[]', '[[]]', '{"__proto__":1}'];

/** A large value of its kind. */
const LARGE = [
  (): string => `[${Array(5_000).fill('1').join()}]`,
  (): string => `[${Array(2_000).fill('{"setWeight":5,"duration":"1s"}').join()}]`,
  (): string => `{${Array.from({ length: 3_000 }, (_, n) => `"k${n}":${n % 101}`).join()}}`,
  (): string => `${'['.repeat(60)}${']'.repeat(60)}`,
  (): string => `${'['.repeat(20_000)}${']'.repeat(20_000)}`,
  (): string => JSON.stringify('a '.repeat(40_000)),
];

export const pick = <T>(random: Random, from: readonly T[]): T => from[Math.floor(random() * from.length)]!;

/** A value that somebody who means harm would send, as JSON. */
function hostileJson(random: Random, written: string): string {
  const draw = random();
  if (draw < 0.55) return pick(random, NUMBERS);
  if (draw < 0.75) return pick(random, TEXTS);
  if (draw < 0.85) return pick(random, OTHERS);
  if (draw < 0.92) return pick(random, LARGE)();
  return written;
}

/** The same in a query. */
export function hostileQuery(random: Random): string {
  const text = pick(random, [...NUMBERS, ...TEXTS.map((json) => JSON.parse(json) as string), 'a,'.repeat(3_000)]);
  return encodeURIComponent(text.slice(0, 4_000));
}

/** The value as JSON, with some of its leaves hostile. */
export function spoiled(random: Random, value: unknown, share: number): string {
  const written = JSON.stringify(value);
  const isBranch = typeof value === 'object' && value !== null;
  if (!isBranch) return random() < share ? hostileJson(random, written) : written;
  if (random() < share / 8) return hostileJson(random, written);
  if (Array.isArray(value)) return `[${value.map((part) => spoiled(random, part, share)).join()}]`;
  const parts = Object.entries(value).map(([key, part]) => `${JSON.stringify(key)}:${spoiled(random, part, share)}`);
  return `{${parts.join()}}`;
}
