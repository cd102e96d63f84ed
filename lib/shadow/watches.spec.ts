import { describe, expect, test } from '@jest/globals';
import { FakeClock } from '../../test/support/fake-clock.js';
import { pairOf } from '../../test/support/shadow-pairs.js';
import { DriftWatch } from './drift-watch.js';
import { shadowPolicy } from '../options/shadow-options.js';
import { NoMirrorWatch } from './no-mirror-watch.js';
import { PairWatch } from './pair-watch.js';

const MINUTE = 60_000;

function watch(embeddingRoute?: string) {
  const drift = new DriftWatch({
    driftAlertAfter: 4,
    similarityThreshold: 0.85,
    comparisonMode: 'semantic',
    embeddingRoute,
  });
  const add = (textSimilarity: number | null, outsideTolerance: boolean | null = false, rest: object = {}) =>
    drift.add(pairOf({ comparison: { textSimilarity, outsideTolerance, ...rest } }));
  return { drift, add };
}

describe('A drift', () => {
  test('is told when the last pairs are less alike than the threshold, and not before there are enough', () => {
    const { add } = watch();
    expect([add(0.8), add(0.8), add(0.8)]).toEqual([undefined, undefined, undefined]);
    expect(add(0.8)).toEqual({ pairs: 4, meanSimilarity: expect.closeTo(0.8), outsideTolerance: 0, outsideTime: null });
  });

  test('is told when more than a fifth of the pairs is outside the token tolerance', () => {
    const { add } = watch();
    for (let i = 0; i < 3; i++) add(1);
    expect(add(1, true)).toMatchObject({ outsideTolerance: 0.25, meanSimilarity: 1 });
  });

  test('is told once, and again after it was over', () => {
    const { add } = watch();
    const told = [0.1, 0.1, 0.1, 0.1, 0.1, 1, 1, 1, 1, 0.1].map((similarity) => add(similarity) !== undefined);
    expect(told).toEqual([false, false, false, true, false, false, false, false, false, true]);
  });

  test('is not made up of pairs that could not be compared', () => {
    const { add, drift } = watch();
    for (let i = 0; i < 10; i++) expect(drift.add(pairOf({ comparison: undefined }))).toBeUndefined();
    for (let i = 0; i < 10; i++) expect(add(null, null)).toBeUndefined();
  });

  test('is judged by embeddings alone where there is a route for them', () => {
    const { add } = watch('embed');
    for (let i = 0; i < 10; i++) expect(add(0.1, false, { embeddingSimilarity: 0.95 })).toBeUndefined();
    for (let i = 0; i < 10; i++) expect(add(0.1, false, { embeddingSimilarity: null })).toBeUndefined();
  });
});

describe('A single pair', () => {
  const clock = new FakeClock();
  const policy = { ...shadowPolicy(), pairAlertEvery: MINUTE };
  const pairs = new PairWatch(clock);
  const add = (comparison: object, under = policy) => pairs.add(pairOf({ comparison }), under);

  test('that drifts is told at once, and the next one when its time has come', () => {
    expect(add({ textSimilarity: 0.85 })).toBeUndefined();
    expect(add({ textSimilarity: 0.84 })).toEqual({ similarity: 0.84, late: false, untold: 0 });
    expect(add({ textSimilarity: 0.1 })).toBeUndefined();
    clock.advance(MINUTE);
    expect(add({ textSimilarity: 1 })).toBeUndefined();
    expect(add({ textSimilarity: 1, outsideTime: true })).toEqual({ similarity: 1, late: true, untold: 1 });
  });

  test('goes by the same text where only that counts, by embeddings where there is a route for them', () => {
    clock.advance(MINUTE);
    expect(add({ textSimilarity: 0.1, embeddingSimilarity: 0.9 }, { ...policy, embeddingRoute: 'e' })).toBeUndefined();
    const exact = { ...policy, comparisonMode: 'exact' as const };
    expect(add({ textSimilarity: 0.1, sameText: true }, exact)).toBeUndefined();
    expect(add({ textSimilarity: 0.99, sameText: false }, exact)).toMatchObject({ similarity: 0 });
  });

  test('is not told where nobody wants to know, or nothing was compared', () => {
    clock.advance(MINUTE);
    expect(add({ textSimilarity: 0 }, { ...policy, pairAlertEvery: false as never })).toBeUndefined();
    expect(pairs.add(pairOf({ comparison: undefined }), policy)).toBeUndefined();
  });
});

describe('Mirrors that do not come about', () => {
  test('are told of after the time, when callers still come', () => {
    const clock = new FakeClock();
    const watched = new NoMirrorWatch(10 * MINUTE, clock);
    const since = clock.now();
    expect(watched.wanted()).toBeUndefined();
    clock.advance(9 * MINUTE);
    expect(watched.wanted()).toBeUndefined();
    clock.advance(MINUTE);
    expect(watched.wanted()).toEqual({ since, wanted: 3 });
    clock.advance(MINUTE);
    expect(watched.wanted()).toBeUndefined();
  });

  test('are no alarm after a silence of the callers', () => {
    const clock = new FakeClock();
    const watched = new NoMirrorWatch(10 * MINUTE, clock);
    watched.wanted();
    watched.recorded();
    clock.advance(600 * MINUTE);
    expect(watched.wanted()).toBeUndefined();
  });

  test('are told of again after one was recorded', () => {
    const clock = new FakeClock();
    const watched = new NoMirrorWatch(MINUTE, clock);
    const overdue = () => {
      watched.wanted();
      clock.advance(MINUTE);
      return watched.wanted();
    };
    expect(overdue()).toBeDefined();
    watched.recorded();
    expect(overdue()).toBeDefined();
  });
});
