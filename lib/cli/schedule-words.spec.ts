import { describe, expect, test } from '@jest/globals';
import { fraction, parseSteps, parseTime, positive, stepsInWords, timeInWords } from './schedule-words.js';

describe('a schedule in words', () => {
  test('is weights with times, the last one may do without', () => {
    expect(parseSteps('5:1h, 12.5:30m,100')).toEqual([
      { weight: 5, duration: 3_600_000 },
      { weight: 12.5, duration: 1_800_000 },
      { weight: 100, duration: 0 },
    ]);
  });

  test.each(['', '5', '5,100:1h', '5:1h:2h,100', '101:1h', 'x:1h', '5:soon,100', '5:0s,100', '5:400d,100'])(
    '"%s" is refused, or says only one thing',
    (text) => {
      if (text === '5') expect(parseSteps(text)).toEqual([{ weight: 5, duration: 0 }]);
      else expect(() => parseSteps(text)).toThrow(/is (not a|no) (step|percentage|time)/);
    },
  );

  test('reads back what it writes', () => {
    for (const words of ['5:1h,25:90m,50:45s,100', '1:1500ms,50:2h']) {
      expect(stepsInWords(parseSteps(words))).toBe(words);
    }
    expect(timeInWords(5_400_000)).toBe('90m');
  });
});

test('shares are written with a percent sign or as fractions', () => {
  expect(['1%', '0.01', '12.5 %', '1', '0'].map(fraction)).toEqual([0.01, 0.01, 0.125, 1, 0]);
  for (const text of ['101%', '2', '-1%', 'few', '']) expect(() => fraction(text)).toThrow('is not a share');
});

test('times and numbers are above zero, and within reason', () => {
  expect(parseTime('4h')).toBe(14_400_000);
  expect(['20', '0.5'].map(positive)).toEqual([20, 0.5]);
  for (const text of ['0', '-3', '1e3', 'many']) expect(() => positive(text)).toThrow('is not a number above 0');
  for (const text of ['0s', 'soon', '']) expect(() => parseTime(text)).toThrow('is not a time');
});
