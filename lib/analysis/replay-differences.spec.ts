import { samplesOf } from '../../test/support/samples.js';
import { describe, expect, test } from '@jest/globals';
import { comparedOf, evidenceOf, rolloutEvidenceOf } from '../../test/support/evidence.js';
import { History, planWith, routeWith } from '../../test/support/history.js';
import { decided, entryOf, GATES, NOW } from '../../test/support/recorded.js';
import type { GateResult, JournalEntry } from '../domain/events.js';
import { advanceRollout } from '../domain/stage-commands.js';
import type { Seen } from './decision-basis.js';
import { replay } from './replay.js';

const { route } = History.rolling(routeWith({ blue: 100, green: 0 }), planWith([25, 100], { gates: GATES }));
const failing: Seen = {
  evidence: rolloutEvidenceOf(evidenceOf({ ok: 10, errors: 30 }), evidenceOf({ ok: 100 }), {
    failures: comparedOf({ share: 0.25, canary: 30, baseline: 0 }),
  }),
  now: NOW,
  circumstances: {},
};
const entry = decided(route, failing).entry!;
const result = (gate: string) => entry.evidence.find((one) => one.gate === gate)!;

/** The entry, had this gate said something else. */
function recordedWith(gate: string, different: Partial<GateResult>): JournalEntry {
  return { ...entry, evidence: entry.evidence.map((one) => (one.gate === gate ? { ...one, ...different } : one)) };
}

describe('A decision that was recorded otherwise than its figures say', () => {
  test('is another one, and every difference is told', () => {
    const { limit, alpha, value } = result('errors').evidence!;
    const milder = { verdict: 'pass', observed: 1, limit: 7, evidence: { limit, alpha, value: 0 } } as const;
    expect(replay(route, recordedWith('errors', milder))).toMatchObject({
      verdict: 'different',
      differences: [
        'errors: fail, the journal has pass',
        'errors: observed null, the journal has 1',
        'errors: limit 1, the journal has 7',
        `errors: evidence ${value}, the journal has 0`,
      ],
    });
  });

  test('is the same where only words differ', () => {
    expect(replay(route, recordedWith('errors', { message: 'in other words' })).verdict).toBe('same');
  });

  test('is the same where figures differ as machines round, and no further', () => {
    const { observed } = result('ceiling');
    expect(observed).toBe(0.75);
    expect(replay(route, recordedWith('ceiling', { observed: 0.75 * (1 + 1e-12) })).verdict).toBe('same');
    expect(replay(route, recordedWith('ceiling', { observed: 0.75 * (1 - 1e-12) })).verdict).toBe('same');
    expect(replay(route, recordedWith('ceiling', { observed: 0.75 * (1 + 1e-6) })).verdict).toBe('different');
    // Relatively: what is nothing beside seconds is all of a fraction of a cent.
    expect(replay(route, recordedWith('p99', { limit: 3_000 + 1e-7 })).verdict).toBe('same');
    const tiny = decided(route, { ...failing, evidence: { ...failing.evidence, means: dearer(1e-10) } }).entry!;
    expect(tiny.evidence.find(({ gate }) => gate === 'dear')!.observed).toBeCloseTo(1e-10, 15);
    expect(replay(route, { ...tiny, basis: { ...tiny.basis, means: dearer(2e-10) } }).verdict).toBe('different');
  });

  test('had no figure where it now is 0, or the other way round', () => {
    expect(replay(route, recordedWith('errors', { observed: 0 })).differences).toEqual([
      'errors: observed null, the journal has 0',
    ]);
    expect(replay(route, recordedWith('ceiling', { observed: null })).differences).toEqual([
      'ceiling: observed 0.75, the journal has null',
    ]);
  });

  test('names gates that are recorded and are not read any more, and those that are read and not recorded', () => {
    const { gate, ...rest } = result('ceiling');
    const renamed = recordedWith(gate, { ...rest, gate: 'of old' });
    expect(replay(route, renamed).differences).toEqual(['of old: is not read', 'ceiling: is not recorded']);
  });
});

function samples(mean: number) {
  return samplesOf(mean, 100, 0);
}

/** A green that is dearer by this much of a dollar. */
function dearer(by: number) {
  return { cost: { canary: samples(1 + by), baseline: samples(1) } };
}

describe('What was done', () => {
  const quiet = { ...failing, evidence: rolloutEvidenceOf(evidenceOf({}), evidenceOf({})) };

  test('is another thing than would be done now', () => {
    const advanced = entryOf(advanceRollout(route)[0]!, entry.evidence, entry.basis!);
    expect(replay(route, advanced).differences).toEqual(['it now decides "rollback", the journal has "advance"']);
  });

  test('is another pause when its cause is another', () => {
    const [first, ...steps] = planWith([25, 100]).steps;
    const plan = planWith([25, 100], { steps: [{ ...first!, noTrafficGracePeriod: 60_000 }, ...steps] });
    const waiting = History.rolling(routeWith({ blue: 100, green: 0 }), plan).route;
    const paused = decided(waiting, quiet).entry!;
    expect(replay(waiting, paused).verdict).toBe('same');
    const other = { ...paused, cause: 'GateError' } as JournalEntry;
    expect(replay(waiting, other).differences).toEqual([
      'it now decides "pause NoTraffic", the journal has "pause GateError"',
    ]);
  });

  test('is named as it stands in the journal where no decision is recorded so', () => {
    const unknown = { ...entry, type: 'StepSkipped' } as unknown as JournalEntry;
    expect(replay(route, unknown).differences).toEqual(['it now decides "rollback", the journal has "StepSkipped"']);
  });
});

describe('A decision', () => {
  test('cannot be taken again on nothing, nor on a record of another form', () => {
    const { basis, ...without } = entry;
    const unrecorded = { verdict: 'unrecorded', differences: [], gates: [] };
    expect(replay(route, without)).toEqual(unrecorded);
    expect(replay(route, { ...entry, basis: { ...basis, form: 1 } })).toEqual(unrecorded);
    expect(replay(undefined, entry)).toEqual(unrecorded);
  });

  test('on a rollout cannot be taken again where none was under way', () => {
    expect(replay(new History(routeWith({ blue: 100, green: 0 })).route, entry).verdict).toBe('unrecorded');
  });
});
