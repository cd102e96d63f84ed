import { describe, expect, jest, test } from '@jest/globals';
import { Cron } from 'croner';
import type { ScheduleWindow } from '../domain/plan.js';
import { openingOf, windowProblem } from './windows.js';

const OFFICE = { cron: '* 9-16 * * 1-5', tz: 'Europe/Berlin' };
const NIGHT = { cron: '* 22 * * *', tz: 'UTC' };
const NEVER = { cron: '0 0 30 2 *', tz: 'UTC' };
const at = (iso: string, ...windows: ScheduleWindow[]) => openingOf(windows, Date.parse(iso));

describe('office hours in Berlin', () => {
  test.each([
    ['2026-01-05T07:59:59.999Z', false],
    ['2026-01-05T08:00:00.000Z', true],
    ['2026-01-05T15:59:59.999Z', true],
    ['2026-01-05T16:00:00.000Z', false],
    ['2026-01-10T10:00:00.000Z', false],
    // Summer time there: an hour earlier.
    ['2026-07-06T07:00:30.000Z', true],
  ])('at %s: %s', (iso, isOpen) => {
    expect(at(iso, OFFICE).isOpen).toBe(isOpen);
  });

  test('say when they begin again, over a weekend too', () => {
    expect(at('2026-01-09T16:30:00Z', OFFICE).opensAt).toBe(Date.parse('2026-01-12T08:00:00Z'));
  });
});

describe('of several windows', () => {
  test('one that is open is enough, and none at all is always open', () => {
    expect(at('2026-01-10T22:30:00Z', OFFICE, NIGHT)).toEqual({ isOpen: true, opensAt: undefined });
    expect(at('1970-01-01T00:00:00Z').isOpen).toBe(true);
  });

  test('the one that opens first is waited for, wherever it stands', () => {
    const tonight = { isOpen: false, opensAt: Date.parse('2026-01-05T22:00:00Z') };
    expect(at('2026-01-05T17:00:00Z', OFFICE, NIGHT)).toEqual(tonight);
    expect(at('2026-01-05T17:00:00Z', NIGHT, OFFICE)).toEqual(tonight);
  });

  test('one that never opens keeps nobody from waiting for the others, and alone says that it does not', () => {
    expect(at('2026-01-05T17:00:00Z', NEVER, NIGHT).opensAt).toBe(Date.parse('2026-01-05T22:00:00Z'));
    expect(at('2026-01-05T17:00:00Z', NEVER)).toEqual({ isOpen: false, opensAt: undefined });
  });
});

describe('a window that is configured', () => {
  test('has five fields and a time zone that there is', () => {
    expect(windowProblem(OFFICE)).toBeUndefined();
  });

  test.each([
    [{ cron: '* * *', tz: 'UTC' }, 'cannot be read: CronPattern: '],
    [{ cron: '99 * * * *', tz: 'UTC' }, 'cannot be read: CronPattern: '],
    [{ cron: '* * * * *', tz: 'Mars/Olympus' }, 'cannot be read: CronDate: '],
    // Seconds, or a year: read as five, its fields would all mean something else.
    [{ cron: '0 * 9-16 * * 1-5', tz: 'UTC' }, 'cannot be read: CronPattern: '],
    [NEVER, 'never opens'],
  ])('%j is refused: %s', (window, problem) => {
    expect(windowProblem(window)?.slice(0, problem.length)).toBe(problem);
  });

  test.each(['2999-01-05T09:00:00', '2020-01-05T09:00:00'])('is no date, in times to come or gone by: %s', (cron) => {
    expect(windowProblem({ cron, tz: 'UTC' })).toBe('is a date, not a pattern');
  });
});

/** What a window is read with: the same object, while its pattern is kept. */
function readerOf(window: ScheduleWindow): unknown {
  const match = jest.spyOn(Cron.prototype, 'match');
  openingOf([window], 0);
  const [reader] = match.mock.contexts;
  match.mockRestore();
  return reader;
}

const everyDayAt = (minute: number, tz: string) => ({ cron: `${minute % 60} ${Math.floor(minute / 60)} * * *`, tz });

describe('patterns of windows', () => {
  test('are parsed once, however many others are read in between', () => {
    const first = readerOf(everyDayAt(0, 'UTC'));
    for (let minute = 1; minute < 300; minute++) {
      readerOf(everyDayAt(minute, 'UTC'));
      expect(readerOf(everyDayAt(0, 'UTC')) === first).toBe(true);
    }
  });

  test('are not kept for ever: the one that nobody has read for longest goes', () => {
    const first = readerOf(everyDayAt(0, 'Asia/Tokyo'));
    for (let minute = 1; minute < 300; minute++) readerOf(everyDayAt(minute, 'Asia/Tokyo'));
    expect(readerOf(everyDayAt(0, 'Asia/Tokyo')) === first).toBe(false);
  });

  test('that are the same in two time zones are two', () => {
    expect(readerOf(everyDayAt(1, 'Asia/Tokyo')) === readerOf(everyDayAt(1, 'UTC'))).toBe(false);
  });
});
