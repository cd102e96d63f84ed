import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { Histogram, Registry } from 'prom-client';
import { BucketSums } from './bucket-sums.js';

const line = ({ metricName, labels, value: count }: { metricName?: string; labels: object; value: number }) => [
  metricName,
  String(Reflect.get(labels, 'le')),
  count,
];

test("Sums are those of prom-client's own histogram, whatever is put in", async () => {
  const bounds = [0.1, 1, 2.5];
  const value = fc.oneof(fc.constantFrom(0, ...bounds), fc.double({ min: 0, max: 5, noNaN: true }));
  await fc.assert(
    fc.asyncProperty(fc.array(value), async (values) => {
      const theirs = new Histogram({
        name: 'h',
        help: 'h',
        buckets: bounds,
        labelNames: ['a'],
        registers: [new Registry()],
      });
      theirs.zero({ a: 'x' });
      const ours = new BucketSums(bounds);
      for (const seconds of values) {
        theirs.observe({ a: 'x' }, seconds);
        ours.add(seconds);
      }
      const expected = (await theirs.get()).values.map(line);
      const seen = [...ours.samples('h', { a: 'x' })].map(line);
      expect(seen).toEqual(expected);
    }),
  );
});
