import { priceOf } from '../../lib/money/price-table.js';
import { ToolCallReader, type ToolCall } from '../../lib/router/tool-calls.js';
import type { Fixture } from '../../lib/upstream/providers/fixtures/fixture.js';
import { mismatches } from '../../lib/upstream/providers/fixtures/mismatches.js';
import { dialectOf, eventsIn, observed } from '../../lib/upstream/providers/fixtures/observed.js';

const prices = priceOf({});

/** Mistakes in reading a case, one line each. */
export function wrongIn(fixture: Fixture): readonly string[] {
  const seen = { ...observed(fixture), toolCalls: toolCallsOf(fixture) };
  return mismatches(fixture, seen, (provider, model, usage) => prices(model, usage, provider));
}

/** Read as those of calls are, from all that came. */
function toolCallsOf(fixture: Fixture): readonly ToolCall[] {
  const dialect = dialectOf(fixture);
  const calls = new ToolCallReader(dialect);
  if (dialect.isStream(fixture.request)) for (const { data } of eventsIn(fixture)) calls.readEvent(data);
  else calls.readAnswer(fixture.body);
  return calls.calls;
}
