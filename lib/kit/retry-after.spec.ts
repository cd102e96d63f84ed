import { describe, expect, test } from '@jest/globals';
import { retryAfterOf } from './retry-after.js';

const NOW = Date.parse('Wed, 21 Oct 2026 07:28:00 GMT');
const read = (value: string) => retryAfterOf({ 'retry-after': value }, NOW);

describe('Retry-After', () => {
  test('seconds become milliseconds', () => {
    expect(read('7')).toBe(7_000);
    expect(read(' 7 ')).toBe(7_000);
    expect(read('1.5')).toBe(1_500);
    expect(read('0')).toBe(0);
  });

  test('a date is the time until then', () => {
    expect(read('Wed, 21 Oct 2026 07:28:30 GMT')).toBe(30_000);
  });

  test('a date that has passed is no wait at all', () => {
    expect(read('Wed, 21 Oct 2026 07:00:00 GMT')).toBe(0);
  });

  test('milliseconds, where a provider sends them, are more exact and win', () => {
    expect(retryAfterOf({ 'retry-after-ms': '350', 'retry-after': '1' }, NOW)).toBe(350);
  });

  test('unreadable milliseconds leave the word to the seconds', () => {
    for (const value of ['', 'soon', '-1']) {
      expect(retryAfterOf({ 'retry-after-ms': value, 'retry-after': '2' }, NOW)).toBe(2_000);
    }
  });

  test('what cannot be read says nothing', () => {
    for (const value of ['', ' ', 'soon', '-5', 'NaN', 'Infinity', '0x10', 'try 3', '9'.repeat(400)]) {
      expect([value, read(value)]).toEqual([value, undefined]);
    }
    expect(retryAfterOf({}, NOW)).toBeUndefined();
  });

  test('a header that came twice counts by its first value', () => {
    // undici hands repeated headers over as a list, whatever Node's type says.
    const headers = { 'retry-after': ['3', '9'] } as unknown as Parameters<typeof retryAfterOf>[0];
    expect(retryAfterOf(headers, NOW)).toBe(3_000);
  });
});
