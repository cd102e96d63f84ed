import { expect, test } from '@jest/globals';
import { RouteTable } from './route-table.js';
import { LiveRouteTable } from './live-route-table.js';
import { TrafficSplitter, type AssignmentHints } from './traffic-splitter.js';
import type { Weights } from '../domain/weights.js';
import { History, routeWith } from '../../test/support/history.js';
import { seededRandom } from '../../test/support/seeded-random.js';

const ASSIGNMENTS = 100_000;

function countsOf(weights: Weights, hintsOf: (index: number) => AssignmentHints): Record<string, number> {
  const table = new LiveRouteTable();
  table.swap(RouteTable.from(new History(routeWith(weights)).state));
  const splitter = new TrafficSplitter(table, seededRandom(20_26));
  const counts: Record<string, number> = {};
  for (let i = 0; i < ASSIGNMENTS; i++) {
    const { environment } = splitter.assign('chat', hintsOf(i));
    counts[environment] = (counts[environment] ?? 0) + 1;
  }
  return counts;
}

/** How far a count is from its weight, in standard deviations of a fair draw. */
function deviations(count: number, weight: number): number {
  const p = weight / 100;
  return Math.abs(count - ASSIGNMENTS * p) / Math.sqrt(ASSIGNMENTS * p * (1 - p));
}

function expectShares(weights: Weights, hintsOf: (index: number) => AssignmentHints): void {
  const counts = countsOf(weights, hintsOf);
  expect(Object.keys(counts).toSorted()).toEqual(Object.keys(weights).toSorted());
  for (const [name, weight] of Object.entries(weights)) expect(deviations(counts[name]!, weight)).toBeLessThan(4);
}

const SPLITS: readonly Weights[] = [
  ...[5, 25, 50, 85].map((green) => ({ blue: 100 - green, green })),
  { blue: 33.34, green: 33.33, fallback: 33.33 },
  { blue: 40, green: 5, red: 25, amber: 29, violet: 1 },
];

const randomKey = seededRandom(7);
const randomKeys = Array.from({ length: ASSIGNMENTS }, () => `${randomKey().toString(36)}${randomKey().toString(36)}`);

test.each([
  ['drawn by chance', () => ({})],
  ['by random keys', (index: number) => ({ key: randomKeys[index] })],
])('100,000 assignments %s are within four standard deviations of the weights', (_source, hintsOf) => {
  for (const weights of SPLITS) expectShares(weights, hintsOf);
});

test.each([
  ['numbered users', (index: number) => `user-${index}`],
  ['e-mail addresses that differ in a digit', (index: number) => `${index}@example.com`],
])('100,000 assignments by %s are spread as evenly', (_source, keyOf) => {
  expectShares({ blue: 70, green: 25, fallback: 5 }, (index) => ({ key: keyOf(index) }));
});

test.each([
  ['0 %', { blue: 100, green: 0 }, 'blue'],
  ['100 %', { blue: 0, green: 100 }, 'green'],
])('A canary at %s leaves nothing to chance', (_split, weights, only) => {
  expect(countsOf(weights, (index) => ({ key: randomKeys[index] }))).toEqual({ [only]: ASSIGNMENTS });
});
