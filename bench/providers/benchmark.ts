import { FIXTURES } from '../../lib/upstream/providers/fixtures/all.fixture.js';
import { wrongIn } from './wrong-in.js';

/** Reads what providers really send: a row per provider, a column per kind, cases read right of all cases. */
export function providers(): Promise<number> {
  const cases = FIXTURES.map((fixture) => ({ fixture, wrong: wrongIn(fixture) }));
  const rows = [...new Set(FIXTURES.map(({ provider }) => provider))];
  const kinds = [...new Set(FIXTURES.map(({ kind }) => kind))];
  const cell = (provider: string, kind: string): string => {
    const own = cases.filter(({ fixture }) => fixture.provider === provider && fixture.kind === kind);
    return own.length === 0 ? '' : `${own.filter(({ wrong }) => wrong.length === 0).length}/${own.length}`;
  };
  console.log(`| | ${kinds.join(' | ')} |\n| --- |${' --- |'.repeat(kinds.length)}`);
  for (const provider of rows)
    console.log(`| ${[provider, ...kinds.map((kind) => cell(provider, kind))].join(' | ')} |`);
  const wrong = cases.filter(({ wrong: lines }) => lines.length > 0);
  for (const { fixture, wrong: lines } of wrong)
    console.log(`${fixture.provider}: ${fixture.name}: ${lines.join('; ')}`);
  console.log(JSON.stringify({ providers: rows.length, cases: cases.length, wrong: wrong.length }));
  return Promise.resolve(wrong.length === 0 ? 0 : 1);
}
