import { describe, expect, it } from '@jest/globals';
import { ToolCallReader, type ToolCall } from '../../router/tool-calls.js';
import { priceOf } from '../../money/price-table.js';
import { FIXTURES } from './fixtures/all.fixture.js';
import { mismatches } from './fixtures/mismatches.js';
import type { Fixture } from './fixtures/fixture.js';
import { dialectOf, eventsIn, observed } from './fixtures/observed.js';

const prices = priceOf({});

/** Read as calls are, from all that came. */
function toolCallsOf(fixture: Fixture): readonly ToolCall[] {
  const dialect = dialectOf(fixture);
  const calls = new ToolCallReader(dialect);
  if (dialect.isStream(fixture.request)) for (const { data } of eventsIn(fixture)) calls.readEvent(data);
  else calls.readAnswer(fixture.body);
  return calls.calls;
}

describe.each([...new Set(FIXTURES.map(({ provider }) => provider))])('what %s sends', (provider) => {
  it.each(
    FIXTURES.filter((fixture) => fixture.provider === provider).map(
      (fixture) => [fixture.kind, fixture.name, fixture] as const,
    ),
  )('%s: %s', (_, __, fixture) => {
    expect(
      mismatches(fixture, { ...observed(fixture), toolCalls: toolCallsOf(fixture) }, (_provider, model, usage) =>
        prices(model, usage),
      ),
    ).toEqual([]);
  });
});
