import { describe, expect, test } from '@jest/globals';
import { CONSEQUENCES, type FailureClass } from '../lib/domain/outcome.js';
import { TIERS } from '../lib/upstream/provider.js';
import { PROVIDER_NAMES, providerOf } from '../lib/upstream/providers.js';
import { read } from './support/docs/pages.js';

const PAGE = read('docs/sending.md');

/** The cells of each row of the table that begins with this heading. */
function tableOf(heading: string): string[][] {
  const lines = PAGE.split('\n');
  const start = lines.findIndex((line) => line.startsWith(`| ${heading} `));
  const rows = lines.slice(start + 2);
  const end = rows.findIndex((line) => !line.startsWith('|'));
  return rows.slice(0, end).map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

const FALLS_BACK: Readonly<Record<string, string>> = {
  yes: 'any',
  'to a larger model': 'any',
  'by `budget.action`': 'any',
  'from the canary to live': 'live',
  no: 'none',
  'never routed around': 'none',
};

/** Besides the class that is named, what stands in the page of a provider's quirks. */
function quirksOf(name: (typeof PROVIDER_NAMES)[number]): string[] {
  const { refuses = [], resells, tiers, keyless, chatLimit, slashes } = providerOf(name);
  return [
    ...refuses.map((addition) => `refuses \`${addition}\``),
    ...(chatLimit ? [`limits chats by \`${chatLimit}\``] : []),
    ...(keyless ? ['needs no key, has no price'] : []),
    ...(resells ? ["takes the maker's price"] : []),
    ...Object.entries(tiers ?? {})
      .filter(([tier, part]) => TIERS[tier] !== part)
      .map(([tier, part]) => `\`${tier}\` costs ${part * 100}%`),
    ...(slashes ? ['slashes belong to its model names'] : []),
  ];
}

describe('docs/sending.md', () => {
  const failures = tableOf('failure').filter((row) => row.length === 4);

  test('has every failure, with what it leads to', () => {
    const written = failures.flatMap(([names = '', counts = '', again = '', back = '']) =>
      [...names.split(/[:(]/)[0]!.matchAll(/`(\w+)`/g)].map(([, name]) => ({
        name: name as FailureClass,
        countsAgainstArm: counts === 'yes',
        retry: /^(yes|after)/.test(again),
        fallBack: FALLS_BACK[back],
      })),
    );
    expect(new Set(written.map(({ name }) => name))).toEqual(new Set(Object.keys(CONSEQUENCES)));
    for (const { name, ...says } of written) {
      const { countsAgainstArm, retry, fallBack } = CONSEQUENCES[name];
      expect({ name, ...says }).toEqual({ name, countsAgainstArm, retry, fallBack });
    }
  });

  test('has the quirks that are known of providers', () => {
    const known = PROVIDER_NAMES.map((name) => [`\`${name}\``, quirksOf(name).join('; ')]).filter(([, said]) => said);
    expect(tableOf('provider')).toEqual(known.toSorted(([a], [b]) => a!.localeCompare(b!)));
  });
});
