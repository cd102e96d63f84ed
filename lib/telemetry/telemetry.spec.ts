import { describe, expect, jest, test } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { happened, observation, unitsCounted } from '../../test/support/observations.js';
import { Figures } from './figures.js';
import type { Observation } from './observation.js';
import { Telemetry } from './telemetry.js';

const NOW = 1_000_000;

function telemetry(...observations: readonly Partial<Observation>[]): Telemetry {
  const figures = new Telemetry(300_000);
  for (const different of observations) happened(figures, observation(different));
  return figures;
}

const evidence = (figures: Telemetry, epoch: number, segment = epoch) =>
  figures.evidence('chat', 'green', epoch, segment, NOW);

/** Requests that are left of the first of 5,000 environments, where so many are configured. */
function leftOf5000(environments: number): number {
  const figures = new Telemetry(300_000, new Figures(undefined, environments), undefined, environments);
  for (let n = 0; n < 5_000; n++) happened(figures, observation({ route: `route-${n}` }));
  return figures.total('route-0', 'green', 'v2').requests;
}

/** The environment failed, and another one answered. */
function rescuedBy(environment: string): Partial<Observation> {
  return {
    outcome: 'server_error',
    callerOutcome: 'ok',
    answeredBy: { environment, version: 'v1' },
    attempts: 3,
    retries: 1,
  };
}

const units = (withoutKey: number, ...byKey: number[]) => ({ byKey, withoutKey });

function live(unit: number | undefined, different: Partial<Observation> = {}): Partial<Observation> {
  return { environment: 'blue', unit, ...different };
}

/** One user after the other, each with this access key. */
function keyed(...keys: (number | undefined)[]): Telemetry {
  return telemetry(...keys.map((accessKey, unit) => ({ ...rescuedBy('blue'), unit, accessKey })));
}

describe('evidence', () => {
  test('begins again with every epoch', () => {
    const figures = telemetry({ epoch: 1, outcome: 'server_error' }, { epoch: 5, segment: 5 });
    expect(evidence(figures, 5).sinceStart).toMatchObject({ requests: 1, errors: 0 });
    expect(evidence(figures, 5).window).toMatchObject({ requests: 1, errors: 0 });
  });

  test('of an epoch that nobody has seen yet is none, not the last one', () => {
    const figures = telemetry({ epoch: 1, outcome: 'server_error' });
    expect(evidence(figures, 2)).toMatchObject({ judgedInSegment: 0, run: { failures: 0 } });
    expect(evidence(figures, 2).sinceStart.errorRate).toBeNull();
  });

  test('ignores stragglers of an earlier epoch', () => {
    const figures = telemetry(
      { epoch: 5, segment: 5 },
      { epoch: 1, outcome: 'timeout' },
      { epoch: 1, outcome: 'timeout' },
    );
    expect(evidence(figures, 5)).toMatchObject({ judgedInSegment: 1, run: { failures: 0 } });
    expect(evidence(figures, 5).sinceStart.errors).toBe(0);
  });

  test('counts the requests of a step from the step on, stragglers of the step before left out', () => {
    const figures = telemetry(
      { segment: 1 },
      { segment: 1 },
      { segment: 4 },
      { segment: 1, outcome: 'server_error' },
      { segment: 4 },
    );
    expect(evidence(figures, 1, 4).judgedInSegment).toBe(2);
    expect(evidence(figures, 1, 4).sinceStart).toMatchObject({ requests: 5, errors: 1 });
  });

  test('keeps verdicts of all weights, and from each starting point to the next', () => {
    const fails: Partial<Observation> = { outcome: 'server_error' };
    const later = { segment: 4, at: NOW + 180_000 };
    const figures = telemetry({ segment: 1 }, { segment: 1, ...fails }, { ...later, ...fails }, later, later);
    expect(evidence(figures, 1, 9)).toMatchObject({ charged: { failed: 2, total: 5 }, judgedInSegment: 0 });
    expect(evidence(figures, 1, 9).stretches).toEqual([
      { start: 0, failed: 1, total: 2 },
      { start: 1, failed: 1, total: 3 },
    ]);
  });

  test('of a step without requests is none', () => {
    expect(evidence(telemetry({ segment: 1 }), 1, 4).judgedInSegment).toBe(0);
  });

  test('counts only requests with a verdict towards a step', () => {
    const figures = telemetry({ outcome: 'client_abort' }, { outcome: 'rate_limited' }, { outcome: 'ok' });
    expect(evidence(figures, 1).judgedInSegment).toBe(1);
  });

  test('failures in a row end with a success, and nothing else ends or feeds them', () => {
    const fails: Partial<Observation> = { outcome: 'server_error' };
    expect(evidence(telemetry(fails, fails), 1).run.failures).toBe(2);
    expect(evidence(telemetry(fails, { outcome: 'client_abort' }, fails), 1).run.failures).toBe(2);
    expect(evidence(telemetry(fails, { outcome: 'rate_limited' }), 1).run.failures).toBe(1);
    expect(evidence(telemetry(fails, { outcome: 'ok' }), 1).run.failures).toBe(0);
  });

  test('a run of failures knows whose requests others answered, and which could go nowhere', () => {
    const fails: Partial<Observation> = { outcome: 'server_error', callerOutcome: 'server_error' };
    const inVain: Partial<Observation> = { ...fails, attempts: 2 };
    const helpedItself: Partial<Observation> = { ...rescuedBy('green'), retries: 2 };
    const seen = telemetry(fails, rescuedBy('blue'), inVain, helpedItself);
    const run = { failures: 4, answered: { blue: units(1) }, unanswered: 1, unasked: units(1), beside: {} };
    expect(evidence(seen, 1).run).toEqual(run);
    const trial = seen.trial('chat', 1);
    expect(trial.rescues('green', 'blue')).toEqual([{ start: 0, asked: 2, answered: 1 }]);
    expect(trial.rescues('green', 'backup')).toEqual([{ start: 0, asked: 2, answered: 0 }]);
    expect(trial.rescues('blue', 'green')).toEqual([]);
    const after = telemetry(rescuedBy('blue'), { outcome: 'ok' }, fails);
    expect(evidence(after, 1).run).toMatchObject({ failures: 1, answered: {}, unanswered: 0, unasked: units(1) });
  });

  test('a run is one of distinct units: a user who fails twenty times is one', () => {
    const poisoned = { ...rescuedBy('blue'), unit: 7 };
    const seen = telemetry(...Array.from({ length: 20 }, () => poisoned), { ...rescuedBy('blue'), unit: 8 });
    expect(evidence(seen, 1).run).toMatchObject({ failures: 2, answered: { blue: units(2) } });
  });

  test('a run knows what other environments did since it began and just before, by the first request of each user', () => {
    const fails: Partial<Observation> = { outcome: 'server_error' };
    const meanwhile = [live(1, fails), live(1), live(2), live(2, fails), live(undefined), live(3, { epoch: 0 })];
    expect(evidence(telemetry(fails, ...meanwhile, fails), 1).run.beside).toEqual({ blue: { failed: 1, total: 3 } });
    const minutesAgo = Array.from({ length: 40 }, (_, unit) => live(100 + unit, { ...fails, at: NOW - 60_001 }));
    const before = Array.from({ length: 40 }, (_, unit) => live(200 + unit, { at: NOW - 60_000 }));
    const seen = telemetry(...minutesAgo, ...before.slice(0, 9), fails, ...meanwhile);
    expect(evidence(seen, 1).run.beside).toEqual({ blue: { failed: 1, total: 12 } });
    expect(evidence(telemetry(...before, fails), 1).run.beside).toEqual({ blue: { failed: 0, total: 30 } });
    expect(evidence(telemetry(fails, ...meanwhile, { outcome: 'ok' }), 1).run.beside).toEqual({});
  });

  test('a run knows how many of its units each access key made, unless there is but one key', () => {
    expect(evidence(keyed(1, 1, 2, undefined), 1).run.answered).toEqual({ blue: units(1, 2, 1) });
    expect(evidence(keyed(1, 1, undefined), 1).run.answered).toEqual({ blue: units(3) });
  });

  test('a breaker that is open feeds no run, ends none, and says nothing of the environment', () => {
    const refused: Partial<Observation> = { outcome: 'circuit_open', callerOutcome: 'ok' };
    const seen = telemetry(rescuedBy('blue'), refused, refused, rescuedBy('blue'));
    expect(evidence(seen, 1)).toMatchObject({ judgedInSegment: 2, run: { failures: 2 } });
    for (const event of ['own', 'refusal', 'fault'] as const) {
      expect(unitsCounted(seen, event)).toBe(event === 'refusal' ? 0 : 2);
    }
  });

  test("a refusal is the canary's own fault when the live environment takes the request, and evidence in any case", () => {
    const rejected: Partial<Observation> = { outcome: 'rejected', callerOutcome: 'rejected' };
    const seen = telemetry(
      { ...rejected, ...rescuedBy('blue'), outcome: 'rejected', arbitration: 'canary' },
      { ...rejected, arbitration: 'caller' },
      { ...rejected, arbitration: 'none' },
      rejected,
    );
    expect(evidence(seen, 1)).toMatchObject({ judgedInSegment: 1, failedInSegment: 1, run: { failures: 1 } });
    const counted = (['own', 'refusal', 'fault'] as const).map((event) => unitsCounted(seen, event));
    expect(counted).toEqual([0, 4, 1]);
    expect(seen.total('chat', 'green', 'v2')).toMatchObject({ requests: 4, errors: 1 });
  });

  test('leaves the window with time but stays in the sum since the start', () => {
    const figures = telemetry({});
    const later = figures.evidence('chat', 'green', 1, 1, NOW + 400_000);
    expect([later.window.requests, later.sinceStart.requests]).toEqual([0, 1]);
  });
});

describe('figures', () => {
  test('errors are charged to the assigned environment, tokens and money booked on the one that answered', () => {
    const figures = telemetry({
      outcome: 'timeout',
      callerOutcome: 'ok',
      answeredBy: { environment: 'blue', version: 'v1' },
      usage: { inputTokens: 10, outputTokens: 5, cachedInputTokens: 0 },
      cost: 0.5,
    });
    expect(figures.total('chat', 'green', 'v2')).toMatchObject({ requests: 1, errors: 1, cost: 0, inputTokens: 0 });
    expect(figures.total('chat', 'blue', 'v1')).toMatchObject({ requests: 0, errors: 0, cost: 0.5, inputTokens: 10 });
  });

  test('of one version say nothing about another one in the same place', () => {
    const figures = telemetry({ version: 'v2' });
    expect(figures.total('chat', 'green', 'v3').requests).toBe(0);
  });

  test('are kept for a bounded number of versions in slots: the one that was idle longest goes', () => {
    const figures = telemetry({ version: 'kept' }, { version: 'forgotten' });
    for (let n = 0; n < 4_094; n++) happened(figures, observation({ version: `v${n}` }));
    happened(figures, observation({ version: 'kept' }));
    happened(figures, observation({ version: 'one-more' }));
    expect(figures.total('chat', 'green', 'forgotten').requests).toBe(0);
    expect(figures.total('chat', 'green', 'kept').requests).toBe(2);
    expect(figures.total('chat', 'green', 'v0').requests).toBe(1);
  });

  test('have room for what is configured, and say once when there is more', () => {
    const lines: unknown[] = [];
    const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation((line: unknown) => void lines.push(line));
    expect(leftOf5000(5_000)).toBe(1);
    expect(lines).toEqual([]);
    expect(leftOf5000(10)).toBe(0);
    expect(lines).toContainEqual(expect.stringMatching(/^More versions than have room: /));
    expect(lines).toHaveLength(2);
    warn.mockRestore();
  });

  test('the pulse says when an environment last answered, and how', () => {
    const figures = telemetry({ outcome: 'timeout', at: 7 }, { outcome: 'client_abort', at: 8 });
    expect(figures.pulse('chat', 'green', 'v2')).toEqual({ at: 7, consecutiveFailures: 1, failure: 'timeout' });
    happened(figures, observation({ at: 9 }));
    expect(figures.pulse('chat', 'green', 'v2')).toEqual({ at: 9, consecutiveFailures: 0, failure: undefined });
  });
});

describe('listeners', () => {
  test('hear of every verdict until they leave', () => {
    const figures = new Telemetry(300_000);
    const heard: string[] = [];
    const leave = figures.onVerdict(({ outcome }) => heard.push(outcome));
    happened(figures, observation({ outcome: 'timeout' }));
    happened(figures, observation());
    leave();
    happened(figures, observation());
    expect(heard).toEqual(['timeout', 'ok']);
  });
});

const fails = () => {
  throw new Error('not mine');
};

describe('a listener that fails', () => {
  test('costs neither the request nor the listeners behind it anything', () => {
    const figures = new Telemetry(300_000);
    const heard: string[] = [];
    figures.onVerdict(fails);
    figures.onVerdict(() => heard.push('verdict'));
    figures.onObservation(fails);
    figures.onObservation(() => heard.push('observation'));
    Logger.overrideLogger(false);
    expect(() => happened(figures, observation({}))).not.toThrow();
    Logger.overrideLogger(true);
    expect(heard).toEqual(['verdict', 'observation']);
  });
});
