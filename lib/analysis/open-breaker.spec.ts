import { describe, expect, test } from '@jest/globals';
import { whileOpen } from './open-breaker.js';

const since = 1_000_000;
const at = (now: number, openAt?: number, duration = 600_000) =>
  whileOpen({ rollout: { to: 'green' }, circumstances: { openAt }, now: since + now }, duration);

describe('a stage whose canary has a breaker', () => {
  test('that was never open is not kept', () => {
    expect(at(1_000)).toBeUndefined();
  });

  test('that was open in it lasts all of its time without that', () => {
    expect(at(600_000, since)).toBeUndefined();
    expect(at(600_000, since + 200_000)).toBe(
      'the breaker of "green" was open 400 s ago: this stage needs 600 s without that',
    );
    expect(at(799_999, since + 200_000)).toBeDefined();
    expect(at(800_000, since + 200_000)).toBeUndefined();
  });

  test('that is open now is kept, though the stage has no duration or the clock was set back', () => {
    expect(at(100, since + 100, 0)).toBe('the breaker of "green" was open 0 s ago: this stage needs 30 s without that');
    expect(at(100, since + 50_000, 0)).toMatch(/open 0 s ago/);
    expect(at(30_100, since + 100, 0)).toBeUndefined();
  });
});
