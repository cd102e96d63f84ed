import { expect, test } from '@jest/globals';
import { program } from '../lib/cli/program.js';
import { EXIT } from '../lib/cli/cli-error.js';
import { tableRows } from './support/docs/markdown.js';
import { read } from './support/docs/pages.js';

const page = read('docs/cli.md');
const verbs = program().commands;

/** Flags that verbs have in common, by the group that the page puts them in. */
const COMMON = {
  server: ['--url', '--key', '--timeout', '--json'],
  route: ['--route'],
  change: ['--reason', '--expected-revision'],
} as const;
type Group = keyof typeof COMMON;

type Verb = (typeof verbs)[number];
type Flag = Verb['options'][number];

/** Own and common flags of a verb: what asks no server has all of its flags to itself. */
function flagsOf({ options }: Verb) {
  const has = (flag: string) => options.some(({ long }) => long === flag);
  const groups = (Object.keys(COMMON) as Group[]).filter((group) => has('--url') && has(COMMON[group][0]));
  const common = new Set<string>(groups.flatMap((group) => COMMON[group]));
  return { groups, own: options.filter(({ long }) => !common.has(long!)) };
}

const cells = ({ flags, defaultValue, mandatory, description }: Flag): string[] => [
  `\`${flags}\``,
  mandatory ? 'needed' : defaultValue === undefined ? '' : `\`${defaultValue}\``,
  description,
];

/** Rows of the tables below a heading, without their heads. */
function rowsBelow(heading: string): string[][] {
  const [, section] = page.split(`\n### ${heading}\n`);
  if (section === undefined) throw new Error(`docs/cli.md has no section ${heading}`);
  return tableRows(section.split(/\n##+ /)[0]!).filter(([first]) => first !== 'flag');
}

test('the page lists every verb, in words of its help', () => {
  const [, ...rows] = tableRows(page.slice(0, page.indexOf('### Common flags')));
  expect(rows).toEqual(
    verbs.map((verb) => [`[\`${verb.name()}\`](#${verb.name()})`, verb.description(), flagsOf(verb).groups.join(', ')]),
  );
});

test.each(verbs.map((verb) => [verb.name(), verb] as const))('the page has every flag of %s', (name, verb) => {
  expect(rowsBelow(name)).toEqual(flagsOf(verb).own.map(cells));
});

test('the page has the common flags', () => {
  const all = verbs.find((verb) => verb.name() === 'start')!.options;
  const expected = Object.entries(COMMON).flatMap(([group, flags]) =>
    flags.map((flag) => [...cells(all.find(({ long }) => long === flag)!), group]),
  );
  expect(rowsBelow('Common flags')).toEqual(expected);
});

test('the page has every exit code', () => {
  const [, ...rows] = rowsBelow('Exit codes');
  expect(rows.map(([code]) => Number(code))).toEqual(Object.values(EXIT));
});
