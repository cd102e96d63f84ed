import { describe, expect, it } from '@jest/globals';
import { FIXTURES } from '../../lib/upstream/providers/fixtures/all.fixture.js';
import { wrongIn } from './wrong-in.js';

describe.each([...new Set(FIXTURES.map(({ provider }) => provider))])('what %s sends', (provider) => {
  it.each(
    FIXTURES.filter((fixture) => fixture.provider === provider).map(
      (fixture) => [fixture.kind, fixture.name, fixture] as const,
    ),
  )('%s: %s', (_, __, fixture) => {
    expect(wrongIn(fixture)).toEqual([]);
  });
});
