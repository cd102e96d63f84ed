import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Assignment } from '../routing/assignment.js';
import { BlameShares } from './blame-shares.js';

const ASSIGNED: Assignment = {
  route: 'chat',
  environment: 'green',
  version: { tag: 'v2', model: 'm', upstream: 'chat/green' },
  reason: 'sticky',
  epoch: 1,
  segment: 1,
};

let shares: BlameShares;
beforeEach(() => {
  shares = new BlameShares();
});

/** How many of these rejections, by access key, may count against the canary. */
function blamed(keys: readonly (number | undefined)[], epoch = 1): number {
  return keys.filter((accessKey) => {
    const assignment = { ...ASSIGNED, epoch, ...(accessKey !== undefined && { accessKey }) };
    shares.sees(assignment);
    return shares.mayBlame(assignment);
  }).length;
}

describe('rejections that are the fault of the canary', () => {
  test('all count while the route knows one access key, or none', () => {
    expect(blamed([7, 7, 7, 7])).toBe(4);
    expect(blamed([undefined, undefined], 2)).toBe(2);
  });

  test('by one key are at most half of those that count', () => {
    shares.sees({ route: 'chat', accessKey: 1 });
    expect(blamed(Array.from({ length: 50 }, () => 7))).toBe(0);
    expect(blamed([8, 8, 9])).toBe(3);
    // Three of others let as many of the one count as well.
    expect(blamed(Array.from({ length: 50 }, () => 7))).toBe(3);
  });

  test('by many keys all count', () => {
    expect(blamed([1, 2, 3, 4, 1, 2, 3, 4])).toBeGreaterThanOrEqual(7);
  });

  test('of callers without a key count, and begin again with the evidence', () => {
    shares.sees({ route: 'chat', accessKey: 1 });
    expect(blamed([7, 7, 7, undefined, undefined])).toBe(2);
    expect(blamed([7], 2)).toBe(0);
  });

  test('are counted per route: a key of another one tells nobody apart here', () => {
    shares.sees({ route: 'other', accessKey: 1 });
    expect(blamed([7, 7])).toBe(2);
  });
});
