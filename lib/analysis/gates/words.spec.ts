import { expect, test } from '@jest/globals';
import { figure, percent, times } from './words.js';

test('a share is told in percent, to the hundredth, without zeros that say nothing', () => {
  expect([0.05, 1, 0.000_1, 0.1 + 0.2, 1 / 3, 2 / 3].map(percent)).toEqual([
    '5%',
    '100%',
    '0.01%',
    '30%',
    '33.33%',
    '66.67%',
  ]);
});

test('how many times as often is told to the hundredth', () => {
  expect([1, 1.1 * 1.1, 10 / 3, 12.5].map(times)).toEqual(['1×', '1.21×', '3.33×', '12.5×']);
});

test('amounts and scores are told with three digits, however small, so that two of them can be told apart', () => {
  expect([0.001_234_5, 0.001_221, 0.87, 0.1 + 0.2, 12.345, 0].map(figure)).toEqual([
    '0.00123',
    '0.00122',
    '0.87',
    '0.3',
    '12.3',
    '0',
  ]);
});
