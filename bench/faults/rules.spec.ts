import { describe, expect, test } from '@jest/globals';
import { hammered, type Seen } from './rules.js';

/** An exchange of a call, that came and was over at these times. */
function seen(call: string, arrivedAt: number, endedAt: number | undefined, retryAfter?: number): Seen {
  return { arrivedAt, endedAt, retryAfter, request: { headers: { 'x-request-id': call } } };
}

describe('a provider is hammered', () => {
  test('by a fourth attempt of one call, however late', () => {
    const exchanges = [seen('a', 0, 1), seen('a', 1000, 1001), seen('a', 3000, 3001), seen('a', 9000, 9001)];
    expect(hammered('it', exchanges)).toEqual(['it was asked 4 times for one call']);
  });

  test('by an attempt that comes before half of the backoff has passed', () => {
    expect(hammered('it', [seen('a', 0, 10), seen('a', 110, 120)])).toEqual([
      'it was asked again after 100 ms; 125 ms were to pass',
    ]);
    expect(hammered('it', [seen('a', 0, 10), seen('a', 140, 150), seen('a', 300, 310)])).toEqual([
      'it was asked again after 150 ms; 250 ms were to pass',
    ]);
  });

  test('by an attempt before the time that it asked for', () => {
    expect(hammered('it', [seen('a', 0, 10, 1000), seen('a', 510, 520)])).toEqual([
      'it was asked again after 500 ms; 1000 ms were to pass',
    ]);
  });

  test('not by three attempts with their backoff', () => {
    expect(hammered('it', [seen('a', 0, 10), seen('a', 140, 150), seen('a', 410, 420)])).toEqual([]);
  });

  test('not by many calls at once', () => {
    expect(hammered('it', [seen('a', 0, 1), seen('b', 1, 2), seen('c', 2, 3), seen('d', 3, 4)])).toEqual([]);
  });
});
