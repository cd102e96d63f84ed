import { describe, expect, it } from '@jest/globals';
import { priceOf } from '../../money/price-table.js';
import { FIXTURES } from './fixtures/all.fixture.js';
import { mismatches } from './fixtures/mismatches.js';
import { observed } from './fixtures/observed.js';

const prices = priceOf({});

describe.each([...new Set(FIXTURES.map(({ provider }) => provider))])('what %s sends', (provider) => {
  it.each(
    FIXTURES.filter((fixture) => fixture.provider === provider).map(
      (fixture) => [fixture.kind, fixture.name, fixture] as const,
    ),
  )('%s: %s', (_, __, fixture) => {
    expect(mismatches(fixture, observed(fixture), (_provider, model, usage) => prices(model, usage))).toEqual([]);
  });
});
