import { setImmediate as nextTurn } from 'node:timers/promises';
import { beforeEach, describe, expect, jest, test } from '@jest/globals';
import { FakeClock } from '../../test/support/fake-clock.js';
import type { FailureClass } from '../domain/outcome.js';
import { UpstreamFailure } from '../upstream/upstream-failure.js';
import { CircuitBreaker } from './circuit-breaker.js';

const OPTIONS = { threshold: 0.5, size: 20, minCalls: 10, halfOpenAfter: 10_000 };

let clock: FakeClock;
beforeEach(() => {
  clock = new FakeClock();
});

function deferred() {
  let resolve!: (text: string) => void;
  const promise = new Promise<string>((settle) => (resolve = settle));
  return { promise, resolve };
}

const ok = () => Promise.resolve('answer');
const failing = (failure: FailureClass, retryAfter?: number) => () =>
  Promise.reject(new UpstreamFailure(failure, 'no', { retryAfter }));

/** What becomes of a call: its answer, or the class of its failure. */
async function outcome(breaker: CircuitBreaker, call: () => Promise<string>): Promise<string> {
  try {
    return await breaker.run(call);
  } catch (error) {
    return (error as UpstreamFailure).failure;
  }
}

async function opened(failure: FailureClass = 'server_error'): Promise<CircuitBreaker> {
  const breaker = new CircuitBreaker(OPTIONS, clock);
  for (let call = 0; call < 10; call++) await outcome(breaker, failing(failure));
  return breaker;
}

/** Streams that begin well, and then break if a failure is given. */
async function streams(breaker: CircuitBreaker, count: number, failure?: FailureClass): Promise<void> {
  for (let call = 0; call < count; call++) {
    await outcome(breaker, ok);
    if (failure) breaker.report(new UpstreamFailure(failure, 'no'));
    await nextTurn();
  }
}

describe('the breaker', () => {
  test('opens when more than half of at least ten calls have failed', async () => {
    const breaker = new CircuitBreaker(OPTIONS, clock);
    for (let call = 0; call < 9; call++) await outcome(breaker, failing('timeout'));
    expect(breaker.isOpen).toBe(false);
    await outcome(breaker, failing('timeout'));
    expect(breaker.isOpen).toBe(true);
  });

  test('makes no call while it is open', async () => {
    const breaker = await opened();
    const call = jest.fn(ok);
    expect(await outcome(breaker, call)).toBe('circuit_open');
    expect(call).not.toHaveBeenCalled();
  });

  test.each<FailureClass>(['rejected', 'content_filter', 'context_length', 'client_abort'])(
    'does not open on %s',
    async (failure) => {
      expect((await opened(failure)).isOpen).toBe(false);
    },
  );

  test('lets one call try again when its time is over, and nobody waits for it', async () => {
    const breaker = await opened();
    clock.advance(10_000);
    const { promise, resolve } = deferred();
    const trying = breaker.run(() => promise);
    const others = jest.fn(ok);
    expect(await outcome(breaker, others)).toBe('circuit_open');
    expect(others).not.toHaveBeenCalled();
    resolve('back');
    expect(await trying).toBe('back');
    expect(await outcome(breaker, ok)).toBe('answer');
  });

  test('is not held open, nor closed, by somebody who sets the wall clock', async () => {
    const breaker = await opened();
    const wall = jest.spyOn(Date, 'now');
    try {
      wall.mockReturnValue(Date.UTC(2100, 0, 1));
      expect(await outcome(breaker, ok)).toBe('circuit_open');
      wall.mockReturnValue(0);
      clock.advance(10_000);
      expect(await outcome(breaker, ok)).toBe('answer');
    } finally {
      wall.mockRestore();
    }
  });

  test('stays open when that call fails', async () => {
    const breaker = await opened();
    clock.advance(10_000);
    expect(await outcome(breaker, failing('server_error'))).toBe('server_error');
    expect(await outcome(breaker, ok)).toBe('circuit_open');
  });
});

describe('rate limits', () => {
  test('have a breaker of their own, which says so', async () => {
    const breaker = new CircuitBreaker(OPTIONS, clock);
    for (let call = 0; call < 6; call++) await outcome(breaker, failing('rate_limited'));
    expect(await outcome(breaker, ok)).toBe('rate_limited');
  });

  test('are waited out for as long as the provider asks', async () => {
    const breaker = new CircuitBreaker(OPTIONS, clock);
    for (let call = 0; call < 6; call++) await outcome(breaker, failing('rate_limited', 60_000));
    clock.advance(59_000);
    expect(await outcome(breaker, ok)).toBe('rate_limited');
    clock.advance(1_000);
    expect(await outcome(breaker, ok)).toBe('answer');
  });
});

describe('a stream that breaks behind its first chunk', () => {
  test('is a failed call, and not a good one as well', async () => {
    const breaker = new CircuitBreaker({ ...OPTIONS, threshold: 0.9 }, clock);
    await streams(breaker, 9, 'truncated');
    expect(breaker.isOpen).toBe(false);
    await streams(breaker, 1, 'truncated');
    expect(breaker.isOpen).toBe(true);
  });

  test('does not hide that half of the calls go well', async () => {
    const breaker = new CircuitBreaker(OPTIONS, clock);
    for (let pair = 0; pair < 20; pair++) {
      await streams(breaker, 1);
      await streams(breaker, 1, 'truncated');
    }
    expect(breaker.isOpen).toBe(false);
  });

  test('says nothing about the environment when its caller has left', async () => {
    const breaker = new CircuitBreaker(OPTIONS, clock);
    await streams(breaker, 20, 'client_abort');
    expect(breaker.isOpen).toBe(false);
  });

  test('takes the trial from nobody', async () => {
    const breaker = await opened();
    clock.advance(10_000);
    breaker.report(new UpstreamFailure('truncated', 'no'));
    expect(await outcome(breaker, ok)).toBe('answer');
  });
});

test.each<FailureClass>(['client_abort', 'budget', 'unsupported'])(
  'a trial that ends in %s proves nothing: the breaker stays open',
  async (failure) => {
    const breaker = await opened();
    clock.advance(10_000);
    await outcome(breaker, failing(failure));
    expect(await outcome(breaker, ok)).toBe('circuit_open');
  },
);

test.each<FailureClass>(['client_abort', 'budget', 'unsupported'])(
  'a trial that ends in %s does not end a rate limit',
  async (failure) => {
    const breaker = await opened('rate_limited');
    clock.advance(10_000);
    await outcome(breaker, failing(failure));
    expect(await outcome(breaker, ok)).toBe('rate_limited');
  },
);

test('a trial that the other breaker refuses does not end a rate limit', async () => {
  const breaker = new CircuitBreaker({ ...OPTIONS, minCalls: 1 }, clock);
  for (let call = 0; call < 5; call++) await outcome(breaker, failing('rate_limited'));
  clock.advance(9_000);
  breaker.report(new UpstreamFailure('server_error', 'no'));
  await nextTurn();
  clock.advance(1_000);
  await outcome(breaker, ok);
  clock.advance(9_500);
  const call = jest.fn(ok);
  await outcome(breaker, call);
  expect(call).not.toHaveBeenCalled();
});

test('a trial that the provider refuses shows that it is back', async () => {
  const breaker = await opened();
  clock.advance(10_000);
  await outcome(breaker, failing('rejected'));
  expect(await outcome(breaker, ok)).toBe('answer');
});

test('a provider that asks for a year is asked again in five minutes', async () => {
  const breaker = new CircuitBreaker(OPTIONS, clock);
  for (let call = 0; call < 6; call++) await outcome(breaker, failing('rate_limited', 31_536_000_000));
  clock.advance(299_999);
  expect(await outcome(breaker, ok)).toBe('rate_limited');
  clock.advance(1);
  expect(await outcome(breaker, ok)).toBe('answer');
});

const waits = (isWaiting: boolean) => ({ report: jest.fn<(ms: number) => void>(), isWaiting: () => isWaiting });

describe('rate limits that replicas tell each other of', () => {
  test('are told as long as the provider asks, once they open the breaker', async () => {
    const told = waits(false);
    const breaker = new CircuitBreaker(OPTIONS, clock, told);
    for (let call = 0; call < 4; call++) await outcome(breaker, failing('rate_limited', 60_000));
    expect(told.report).not.toHaveBeenCalled();
    await outcome(breaker, failing('rate_limited', 60_000));
    expect(told.report.mock.calls).toEqual([[60_000]]);
  });

  test('are not told after a trial that never got to the provider', async () => {
    const told = waits(false);
    const breaker = new CircuitBreaker(OPTIONS, clock, told);
    for (let call = 0; call < 5; call++) await outcome(breaker, failing('rate_limited'));
    clock.advance(10_000);
    await outcome(breaker, failing('client_abort'));
    expect(told.report).toHaveBeenCalledTimes(1);
  });

  test('are waited out by a replica that has not been refused itself', async () => {
    const call = jest.fn(ok);
    expect(await outcome(new CircuitBreaker(OPTIONS, clock, waits(true)), call)).toBe('rate_limited');
    expect(call).not.toHaveBeenCalled();
  });
});

describe('by default', () => {
  const DEFAULT = { threshold: 0.5, size: 100, minCalls: 20, halfOpenAfter: 10_000 };

  test('a provider that fails a fifth of its calls at random is never left alone', async () => {
    const breaker = new CircuitBreaker(DEFAULT, clock);
    // Numerical Recipes' generator: the same calls in every run.
    let seed = 7;
    const random = () => (seed = (seed * 1_664_525 + 1_013_904_223) % 2 ** 32) / 2 ** 32;
    for (let call = 0; call < 20_000; call++) {
      await outcome(breaker, random() < 0.2 ? failing('server_error') : ok);
      if (breaker.isOpen) throw new Error(`open after ${call} calls`);
    }
  });

  test('refusals that the live environment does not share open it, and no others', async () => {
    const breaker = new CircuitBreaker(DEFAULT, clock);
    for (let call = 0; call < 40; call++) await outcome(breaker, failing('rejected'));
    expect(breaker.isOpen).toBe(false);
    for (let call = 0; call < 20; call++) breaker.blame(new UpstreamFailure('rejected', 'no'));
    await nextTurn();
    expect(breaker.isOpen).toBe(true);
  });
});
