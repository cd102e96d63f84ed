import { describe, expect, test } from '@jest/globals';
import type { ShadowStage } from '../domain/plan.js';
import type { ShadowFigures } from '../domain/figures.js';
import { readShadow } from './shadow-gates.js';

const STAGE: ShadowStage = {
  percentage: 10,
  duration: 1,
  minPairs: 50,
  maxFailureRate: 0.1,
  minSimilarity: 0.8,
  maxBelowThreshold: 0.25,
};
const AT_ITS_LIMITS: ShadowFigures = {
  pairs: 60,
  compared: 50,
  failedAlone: 6,
  meanSimilarity: 0.8,
  belowThreshold: 0.25,
};

function read(figures: Partial<ShadowFigures>, stage: Partial<ShadowStage> = {}) {
  return readShadow({ ...STAGE, ...stage }, { ...AT_ITS_LIMITS, ...figures });
}

const verdicts = (...given: Parameters<typeof read>) => read(...given).map(({ gate, verdict }) => `${gate} ${verdict}`);

describe('The gates of a shadow stage', () => {
  test('pass at their limits, each with the pairs that it was read from', () => {
    expect(read({})).toMatchObject([
      { gate: 'shadow-failures', verdict: 'pass', observed: 0.1, limit: 0.1, sample: { canary: 60, baseline: 60 } },
      { gate: 'shadow-similarity', verdict: 'pass', observed: 0.8, limit: 0.8, sample: { canary: 50, baseline: 50 } },
      { gate: 'shadow-unlike', verdict: 'pass', observed: 0.25, limit: 0.25, sample: { canary: 50, baseline: 50 } },
      { gate: 'shadow-pairs', verdict: 'pass', observed: 50, limit: 50, sample: { canary: 50, baseline: 50 } },
    ]);
  });

  test.each([
    ['failures of its own', { failedAlone: 7 }, 'shadow-failures: 11.67% is over the limit of 10%'],
    ['answers that are less alike', { meanSimilarity: 0.79 }, 'shadow-similarity: 0.79 is below the limit of 0.8'],
    ['too many answers that are unlike', { belowThreshold: 0.26 }, 'shadow-unlike: 26% is over the limit of 25%'],
  ])('fail by %s, and say so', (_what, figures, message) => {
    expect(read(figures).filter(({ verdict }) => verdict === 'fail')).toMatchObject([{ message }]);
  });

  test('say how they passed', () => {
    expect(read({}).map(({ message }) => message)).toEqual([
      'shadow-failures: 10% is within the limit of 10%',
      'shadow-similarity: 0.8 is within the limit of 0.8',
      'shadow-unlike: 25% is within the limit of 25%',
      'shadow-pairs: 50 pairs could be compared, and 50 are needed',
    ]);
  });

  test('say nothing with one pair too few, whatever it shows', () => {
    expect(verdicts({ pairs: 49, compared: 49, failedAlone: 49, meanSimilarity: 0 })).toEqual([
      'shadow-failures insufficient',
      'shadow-similarity insufficient',
      'shadow-unlike insufficient',
      'shadow-pairs insufficient',
    ]);
    expect(read({ pairs: 49 })[0]).toMatchObject({
      observed: null,
      message: 'shadow-failures: 49 of the 50 pairs it needs',
    });
  });

  test('that are not asked for are not read', () => {
    const stage = { minSimilarity: undefined, maxBelowThreshold: undefined };
    expect(verdicts({}, stage)).toEqual(['shadow-failures pass', 'shadow-pairs pass']);
  });

  test('take at least one answer that could be compared, though no pairs are asked for', () => {
    expect(readShadow({ ...STAGE, minPairs: 0 }).map(({ verdict }) => verdict)).toEqual(
      Array.from({ length: 4 }, () => 'insufficient'),
    );
    expect(verdicts({ pairs: 1, failedAlone: 0, compared: 1 }, { minPairs: 0 }).at(-1)).toBe('shadow-pairs pass');
  });
});
