import { describe, expect, test } from '@jest/globals';
import { isOutageOver, readLiveCeiling, type CeilingInput } from './live-ceiling.js';

const SURE = Math.log(10_000);
const well = { failed: 5, total: 2_000 };
const input = (over: Partial<CeilingInput> = {}): CeilingInput => ({
  max: 0.05,
  alpha: 0.005,
  canary: SURE,
  live: well,
  liveThere: { failed: 1, total: 400 },
  ...over,
});

describe('a ceiling', () => {
  test('blames the canary when the live environment surely is under it', () => {
    expect(readLiveCeiling(input())).toBe('canary');
  });

  test('says nothing while the canary may be under it', () => {
    expect(readLiveCeiling(input({ canary: Math.log(150) }))).toBe('under');
  });

  test('both over it: 6% in each, and 20% at 80% of the traffic', () => {
    const six = { failed: 60, total: 1_000 };
    expect(readLiveCeiling(input({ live: six, liveThere: six }))).toBe('both');
    const few = { failed: 5, total: 25 };
    expect(readLiveCeiling(input({ live: few, liveThere: few }))).toBe('both');
  });

  test('a few good requests are not enough to blame the canary', () => {
    const few = { failed: 0, total: 30 };
    expect(readLiveCeiling(input({ live: few, liveThere: few }))).toBe('unsure');
  });

  test('good hours before do not blame it for an outage of both', () => {
    expect(readLiveCeiling(input({ live: { failed: 40, total: 20_000 }, liveThere: { failed: 30, total: 100 } }))).toBe(
      'both',
    );
  });

  test('just under it there, yet surely over it by the evidence: never', () => {
    expect(readLiveCeiling(input({ liveThere: { failed: 19, total: 400 } }))).toBe('canary');
    expect(readLiveCeiling(input({ liveThere: { failed: 20, total: 400 } }))).toBe('both');
  });

  describe('with all of the traffic on the canary', () => {
    const alone = { liveThere: { failed: 0, total: 0 }, liveLast: { failed: 3, total: 900 } };

    test('the live environment answers what the canary failed', () => {
      expect(readLiveCeiling(input({ ...alone, rescues: { failed: 1, total: 60 } }))).toBe('canary');
    });

    test('a short look at it before is made up for by what it answers now', () => {
      const short = { ...alone, liveLast: { failed: 0, total: 60 } };
      expect(readLiveCeiling(input({ ...short, rescues: { failed: 0, total: 20 } }))).toBe('unsure');
      expect(readLiveCeiling(input({ ...short, rescues: { failed: 0, total: 200 } }))).toBe('canary');
    });

    test('it fails the same requests', () => {
      expect(readLiveCeiling(input({ ...alone, rescues: { failed: 50, total: 60 } }))).toBe('both');
    });

    test('nobody asked it', () => {
      expect(readLiveCeiling(input(alone))).toBe('unsure');
      expect(readLiveCeiling(input({ ...alone, rescues: { failed: 0, total: 0 } }))).toBe('unsure');
    });

    test('it was over the ceiling when it last had traffic', () => {
      const rescues = { failed: 0, total: 60 };
      expect(readLiveCeiling(input({ ...alone, liveLast: { failed: 90, total: 900 }, rescues }))).toBe('both');
    });
  });
});

describe('an outage of both', () => {
  const bad = { failed: 30, total: 60 };

  test('is over after some sixty requests without a failure, at a ceiling of 5%', () => {
    expect(isOutageOver([bad, { failed: 0, total: 58 }], 0.05)).toBe(false);
    expect(isOutageOver([bad, { failed: 0, total: 59 }], 0.05)).toBe(true);
  });

  test('is over however many stretches that takes', () => {
    const quiet = Array.from({ length: 15 }, () => ({ failed: 0, total: 4 }));
    expect(isOutageOver([bad, ...quiet], 0.05)).toBe(true);
    expect(isOutageOver([bad, ...quiet.slice(1)], 0.05)).toBe(false);
    expect(isOutageOver([...quiet, bad], 0.05)).toBe(false);
  });

  test('lasts while there is no request', () => {
    expect(isOutageOver([bad, { failed: 0, total: 0 }], 0.05)).toBe(false);
    expect(isOutageOver([], 0.05)).toBe(false);
  });
});
