import { describe, expect, test } from '@jest/globals';
import type { JournalEntry } from 'nestjs-blue-green';
import { localRollback } from '../../../lib/domain/local-rollback.js';
import { EVERYTHING, RouteTable } from '../../../lib/routing/route-table.js';
import type { History } from '../history.js';
import { check } from './check.js';
import { statesOf } from './states.js';
import { call, goodHistory, GREEN_IS_DUE, placement } from './good-history.js';

/** What is found in a history that was tampered with, by rule. */
function found(tamper: (history: History) => Partial<History>): Record<string, readonly string[]> {
  const history = goodHistory();
  const verdicts = [...check({ ...history, ...tamper(history) })];
  return Object.fromEntries(
    verdicts.filter(([, { violations }]) => violations.length > 0).map(([rule, { violations }]) => [rule, violations]),
  );
}

const isKept = {};
const broken = (rule: string, what: string) => ({ [rule]: [expect.stringContaining(what)] });

const got = (rest: Parameters<typeof call>[2]) => found(({ calls }) => ({ calls: [...calls, call('x', 'eve', rest)] }));

const brokenWhenKilledAt = (to: number) =>
  found(({ calls, lives: [a, b] }) => ({
    calls: [...calls, call('x', 'eve', { kind: 'broken', at: 2_100, endedAt: 2_200 })],
    lives: [{ ...a!, to }, b!],
  }));

const held = (away: History['away']) =>
  found(({ looks }) => {
    const [second, last] = [looks[1]!, looks[2]!];
    // What it routes by when trials are held is the table of an ended rollout, but for what is behind the weights.
    const [route] = second.routes;
    const weights = new Map(last.routes[0]!.slots.map(({ environment, weight }) => [environment, weight]));
    const slots = route!.slots.map((slot) => ({ ...slot, weight: weights.get(slot.environment)! }));
    const bySlot = (name: string) => slots.find(({ environment }) => environment === name)!;
    const routes = [
      {
        ...route!,
        slots,
        bounds: [0, 1, 1],
        active: bySlot('blue'),
        fallback: route!.fallback.map(({ environment }) => bySlot(environment)),
        canary: bySlot('green'),
      },
    ];
    return { looks: [{ ...second, at: 20_000, routes }], away };
  });

const withNews = (tamper: (news: History['news']) => History['news']) => found(({ news }) => ({ news: tamper(news) }));

const said = (rest: Partial<History['commands'][number]>) =>
  found(({ commands }) => ({ commands: [{ ...commands[0]!, ...rest }] }));

test('A good history breaks no rule, and every rule has looked at something', () => {
  for (const [, { looked, violations }] of check(goodHistory())) {
    expect(violations).toEqual([]);
    expect(looked).toBeGreaterThan(0);
  }
});

describe('A caller', () => {
  const RULE = 'every caller got a whole answer or a typed error';

  test.each([
    ['a truncated answer', { kind: 'truncated' }, 'truncated'],
    ['bytes that make no sense', { kind: 'unreadable', problem: 'no JSON' }, 'no JSON'],
    ['nothing', { kind: 'hang' }, 'too long'],
    ['an error without a code', { kind: 'error', code: '' }, 'without a code'],
    ['an error event without a code', { kind: 'error event', code: '' }, 'without a code'],
    ['the answer of somebody else', { problem: 'not what "blue" says' }, 'not what'],
    ['a broken connection to a process that lives', { kind: 'broken' }, 'lived on'],
  ] as const)('that got %s is a violation', (_what, rest, why) => {
    expect(got(rest)).toEqual(broken(RULE, why));
  });

  test.each([
    ['left', { kind: 'broken', left: true }],
    ['left in the middle of a stream', { kind: 'truncated', left: true }],
    ['got a typed error', { kind: 'error', code: 'upstream_timeout' }],
  ] as const)('that %s is none', (_what, rest) => {
    expect(got(rest)).toEqual(isKept);
  });

  test('may lose its connection to a process that was killed meanwhile, and only then', () => {
    expect(brokenWhenKilledAt(2_190)).toEqual(isKept);
    expect(brokenWhenKilledAt(9_000)).toEqual(broken(RULE, 'lived on'));
  });
});

test('A process that ends by itself is a violation', () => {
  expect(found(({ lives: [a, b] }) => ({ lives: [{ ...a!, to: 9_000, hasCrashed: true }, b!] }))).toEqual(
    broken('every caller got a whole answer or a typed error', 'a1 has ended by itself'),
  );
});

describe('Weights', () => {
  test('of an entry that do not sum to 100 are a violation', () => {
    const tampered = found(({ entries }) => ({
      entries: entries.map((entry) =>
        entry.type === 'StepEntered' ? { ...entry, weights: { blue: 70, green: 31 } } : entry,
      ),
    }));
    expect(tampered).toMatchObject(broken('weights sum to 100', 'sum to 101'));
  });

  test('of a table that do not sum to 100 are a violation', () => {
    const tampered = found(({ looks: [first, ...rest] }) => {
      const [route] = first!.routes;
      const slots = route!.slots.map((slot) => ({ ...slot, weight: slot.weight / 2 }));
      return { looks: [{ ...first!, routes: [{ ...route!, slots }] }, ...rest] };
    });
    expect(tampered).toMatchObject(broken('weights sum to 100', 'sum to 50'));
  });
});

describe('A table', () => {
  const RULE = 'tables are the fold of the journal';

  test('of another revision than it says is a violation', () => {
    expect(found(({ looks: [first, ...rest] }) => ({ looks: [{ ...first!, revision: 3 }, ...rest] }))).toEqual(
      broken(RULE, 'not the fold'),
    );
  });

  test('of a revision that the journal has not is a violation', () => {
    expect(found(({ looks: [first, ...rest] }) => ({ looks: [{ ...first!, revision: 9 }, ...rest] }))).toEqual(
      broken(RULE, 'ends at revision 5'),
    );
  });

  test('that is behind at the end is a violation', () => {
    expect(found(({ looks }) => ({ looks: looks.map((look) => ({ ...look, final: true })) }))[RULE]).toHaveLength(2);
  });

  test('may keep trials off the traffic when its replica was cut off for long enough, and only then', () => {
    expect(held([{ replica: 'a', from: 10_000, to: 21_000 }])).toEqual(isKept);
    expect(held([{ replica: 'a', from: 17_000, to: 21_000 }])).toEqual(broken(RULE, 'keeps trials off'));
    expect(held([])).toEqual(broken(RULE, 'keeps trials off'));
  });
});

describe('Revisions', () => {
  const RULE = 'revisions strictly grow, and mean the same everywhere';

  test.each<[string, (news: History['news']) => History['news'], string]>([
    ['told twice', (news) => news.toSpliced(2, 0, news[1]!), 'revision 2 behind revision 2'],
    ['left out', (news) => news.toSpliced(2, 1), 'revision 4 behind revision 2'],
    [
      'lost',
      (news) => [...news, { ...news.at(-1)!, entry: { ...news.at(-1)!.entry, revision: 6 } }],
      'not in the journal',
    ],
    ['with two meanings', (news) => withEntry(news, 4, { reason: 'another' }), 'something else'],
  ])('%s are a violation', (_what, tamper, why) => {
    expect(withNews(tamper)[RULE]).toContainEqual(expect.stringContaining(why));
  });

  test('that the journal leaves out are a violation', () => {
    expect(found(({ entries }) => ({ entries: entries.toSpliced(2, 1) }))[RULE]).toContainEqual(
      expect.stringContaining('revision 4 in place 3'),
    );
  });
});

describe('A command', () => {
  const RULE = 'what was acknowledged is recorded, once';
  test('that was acknowledged and is not recorded is a violation', () => {
    expect(said({ reason: 'nowhere', kind: 'weights' })).toEqual(broken(RULE, 'not in the journal'));
  });

  test('that was refused and is recorded is a violation, unless nobody could know', () => {
    expect(said({ outcome: 'rollout_state' })).toEqual(broken(RULE, 'refused, and in the journal'));
    expect(said({ outcome: 'journal_unavailable' })).toEqual(isKept);
    expect(said({ outcome: 'unknown' })).toEqual(isKept);
  });

  test('that is recorded twice is a violation', () => {
    const twice = found(({ entries }) => ({
      entries: [...entries, { ...entries[1]!, revision: 6, rolloutId: 'r2' } as JournalEntry],
    }));
    expect(twice[RULE]).toEqual([expect.stringContaining('more than once')]);
  });

  test('that is refused when all is well again is a violation', () => {
    expect(said({ reason: 'the end', outcome: 'journal_unavailable', isLast: true })).toEqual(
      broken(RULE, 'well again'),
    );
  });
});

function withEntry(news: History['news'], at: number, change: object): History['news'] {
  return news.with(at, { ...news[at]!, entry: { ...news[at]!.entry, ...change } });
}

describe('An environment whose figures call for a rollback', () => {
  const RULE = 'nobody on an environment 2 s after its evidence';
  /** Due at every look from 3,500 to 6,500, and called at `at`. */
  const calledAt = (at: number, rest: Parameters<typeof placement>[3] = {}) =>
    found(({ looks: [, look], placements }) => ({
      looks: [3_500, 4_500, 5_500, 6_500].map((time) => ({ ...look!, at: time, due: { chat: GREEN_IS_DUE } })),
      placements: [...placements, placement('x', 'green', 3, { at, epoch: GREEN_IS_DUE.epoch, ...rest })],
    }))[RULE];

  test('and that is called 2 s later is a violation, also by a table that has no revision', () => {
    expect(calledAt(5_600)).toEqual([expect.stringContaining('on "green" 2100 ms behind its evidence')]);
    expect(calledAt(5_600, { epoch: 0, segment: 0 })).toHaveLength(1);
  });

  test.each([
    ['sooner', 5_400, {}],
    ['by who is bound to it', 5_600, { offSplit: true }],
    ['in another epoch', 5_600, { epoch: 5 }],
    ['by another process', 5_600, { life: 'b1' }],
    ['when the figures no longer say so', 6_600, {}],
  ] as const)('and that is called %s is none', (_how, at, rest) => {
    expect(calledAt(at, rest)).toBeUndefined();
  });
});

test('Another app that starts on the journal is a violation', () => {
  expect(found(() => ({ intruders: [{ at: 7, hasStarted: true }] }))).toEqual(
    broken('no other app on the journal', 'has started at 7'),
  );
});

describe('A start', () => {
  const RULE = 'what was acknowledged is recorded, once';
  const unheard = { reason: 'not there', kind: 'start' } as const;

  test('that is not recorded is a violation when no rollout was under way, and none when one was', () => {
    expect(said({ ...unheard, at: 100, endedAt: 110 })).toEqual(broken(RULE, 'not in the journal'));
    expect(said({ ...unheard, at: 2_500, endedAt: 2_510 })).toEqual(isKept);
  });
});

const keptAt = (...times: readonly number[]) =>
  found(({ entries, looks: [look] }) => {
    const state = statesOf(entries)[2]!;
    const local = new Map([['chat', localRollback(state.routes.get('chat')!, 'green', 'it fails')]]);
    const routes = [RouteTable.from(state, undefined, EVERYTHING, local).get('chat')];
    return { looks: times.map((at) => ({ ...look!, routes, at })) };
  });

describe('A canary that a process keeps out by itself', () => {
  const RULE = 'tables are the fold of the journal';
  test('is one that is being recorded for a while, and a violation when that takes too long', () => {
    expect(keptAt(3_000, 5_000, 8_000)).toEqual(isKept);
    expect(keptAt(3_000, 5_000, 8_100)).toEqual(broken(RULE, 'and is connected'));
  });
});
