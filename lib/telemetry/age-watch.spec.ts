import { describe, expect, test } from '@jest/globals';
import { FakeClock } from '../../test/support/fake-clock.js';
import { AgeWatch, type AgeLimit } from './age-watch.js';
import type { Placement } from './observation.js';

const placement: Placement = { route: 'chat', environment: 'green', version: 'v2', epoch: 1, segment: 1 };

const of = (canary: number, live = canary) => ({ live: 'blue', limits: { live, canary } });
const LIMITS = of(1_000);

function watching(limits: readonly AgeLimit[] = [{ gate: 'slow', of: 'latency', ...LIMITS }]) {
  const clock = new FakeClock();
  const outgrown: string[] = [];
  const watch = new AgeWatch(clock, (gate, { environment }) => outgrown.push(`${gate} ${environment}`));
  watch.watch('chat', limits);
  return { clock, outgrown, watch };
}

describe('a request that grows too old', () => {
  test('is told of once, while it is still under way', () => {
    const { clock, outgrown, watch } = watching();
    watch.begin(placement, false);
    clock.advance(1_000);
    expect(outgrown).toEqual([]);
    clock.advance(200);
    expect(outgrown).toEqual(['slow green']);
    clock.advance(60_000);
    expect(outgrown).toHaveLength(1);
  });

  test('has the limit of its environment: the live one is compared with what is usual', () => {
    const { clock, outgrown, watch } = watching([{ gate: 'slow', of: 'latency', ...of(1_200, 1_000) }]);
    for (const environment of ['blue', 'green']) watch.begin({ ...placement, environment }, false);
    clock.advance(1_200);
    expect(outgrown).toEqual(['slow blue']);
    clock.advance(100);
    expect(outgrown).toEqual(['slow blue', 'slow green']);
  });

  test('is told of when it ends between two looks', () => {
    const { clock, outgrown, watch } = watching();
    const call = watch.begin(placement, false)!;
    clock.advance(1_010);
    call.ended();
    expect(outgrown).toEqual(['slow green']);
  });

  test('is not told of when it ended before', () => {
    const { clock, outgrown, watch } = watching();
    watch.begin(placement, false)!.ended();
    clock.advance(5_000);
    expect(outgrown).toEqual([]);
  });

  test('goes by the limits that held when it began', () => {
    const { clock, outgrown, watch } = watching();
    watch.begin(placement, false);
    watch.watch('chat', [{ gate: 'slow', of: 'latency', ...of(9_000) }]);
    clock.advance(2_000);
    expect(outgrown).toEqual(['slow green']);
  });
});

describe('the first token', () => {
  const limits: readonly AgeLimit[] = [{ gate: 'hesitant', of: 'timeToFirstToken', ...of(500) }];

  test('of a stream is waited for, and ends the wait', () => {
    const { clock, outgrown, watch } = watching(limits);
    watch.begin(placement, true)!.firstToken();
    watch.begin({ ...placement, environment: 'blue' }, true);
    clock.advance(700);
    expect(outgrown).toEqual(['hesitant blue']);
  });

  test('is not waited for where there is none', () => {
    expect(watching(limits).watch.begin(placement, false)).toBeUndefined();
  });
});

test('routes without limits are not watched', () => {
  const { watch } = watching();
  expect(watch.begin({ ...placement, route: 'other' }, true)).toBeUndefined();
  watch.watch('chat', []);
  expect(watch.begin(placement, true)).toBeUndefined();
});
