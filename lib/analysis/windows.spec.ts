import { expect, test } from '@jest/globals';
import { openingOf, windowProblem } from './windows.js';

const OFFICE = [{ cron: '* 9-16 * * 1-5', tz: 'Europe/Berlin' }];
const at = (iso: string) => openingOf(OFFICE, Date.parse(iso));

test.each([
  ['2026-01-05T07:59:59.999Z', false],
  ['2026-01-05T08:00:00.000Z', true],
  ['2026-01-05T15:59:59.999Z', true],
  ['2026-01-05T16:00:00.000Z', false],
  ['2026-01-10T10:00:00.000Z', false],
  // Summer time there: an hour earlier.
  ['2026-07-06T07:00:30.000Z', true],
])('office hours in Berlin at %s: %s', (iso, isOpen) => {
  expect(at(iso).isOpen).toBe(isOpen);
});

test('a closed window says when it opens, over a weekend too', () => {
  expect(at('2026-01-09T16:30:00Z').opensAt).toBe(Date.parse('2026-01-12T08:00:00Z'));
});

test('one open window is enough, and none at all is always open', () => {
  const night = { cron: '* 22 * * *', tz: 'UTC' };
  expect(openingOf([...OFFICE, night], Date.parse('2026-01-10T22:30:00Z')).isOpen).toBe(true);
  expect(openingOf([], 0).isOpen).toBe(true);
});

test.each([
  [{ cron: '* 9-16 * * 1-5', tz: 'UTC' }, undefined],
  [{ cron: '* * *', tz: 'UTC' }, 'cannot be read'],
  [{ cron: '99 * * * *', tz: 'UTC' }, 'cannot be read'],
  [{ cron: '* * * * *', tz: 'Mars/Olympus' }, 'cannot be read'],
  [{ cron: '0 0 30 2 *', tz: 'UTC' }, 'never opens'],
])('%j: %s', (window, problem) => {
  if (problem === undefined) expect(windowProblem(window)).toBeUndefined();
  else expect(windowProblem(window)).toContain(problem);
});
