import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { duration, wait } from './duration.js';

const VALUES = [-1, Number.NaN, Number.POSITIVE_INFINITY, 5n, null, true, {}];
const TEXTS = [
  '',
  '5',
  '-5s',
  's',
  '5 minutes',
  '5M',
  '1w',
  '1y',
  '.5s',
  '1e3s',
  ' 5s',
  '5s ',
  '5s\n',
  '5  s',
  '1h30m',
];

describe('A duration', () => {
  test.each([
    [0, 0],
    [1_500, 1_500],
    [0.6, 1],
    ['250ms', 250],
    ['30s', 30_000],
    ['1.5m', 90_000],
    ['5 m', 300_000],
    ['2h', 7_200_000],
    ['1d', 86_400_000],
    ['0s', 0],
  ])('%j is %d milliseconds', (written, expected) => {
    expect(duration.parse(written)).toBe(expected);
  });

  test.each([...VALUES, ...TEXTS])('%p is none', (written) => {
    const { error } = duration.safeParse(written);
    expect(error?.issues).toMatchObject([{ message: 'is not a duration' }]);
  });

  test('is a whole number of milliseconds or refused, however many digits it has', () => {
    const digits = fc.stringMatching(/^\d{1,200}$/);
    const text = fc.tuple(digits, fc.option(digits), fc.constantFrom('ms', 's', 'm', 'h', 'd'));
    fc.assert(
      fc.property(text, ([whole, part, unit]) => {
        const { success, data } = duration.safeParse(part === null ? whole + unit : `${whole}.${part}${unit}`);
        if (success) expect(data).toBe(Math.round(data));
      }),
    );
  });
});

test('A wait is at most what a timer can wait: a longer one would be over at once', () => {
  expect(wait.parse('24d')).toBe(2_073_600_000);
  expect(wait.parse(2 ** 31 - 1)).toBe(2 ** 31 - 1);
  expect(wait.safeParse(2 ** 31).success).toBe(false);
  expect(wait.safeParse('25d').success).toBe(false);
});
