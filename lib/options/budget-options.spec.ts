import { describe, expect, test } from '@jest/globals';
import { pair } from '../../test/support/options.js';
import { parseOptions } from './parse-options.js';

const MINUTE = 60_000;

describe('The options of a budget', () => {
  test('count in whole nano-dollars, and have defaults for the rest', () => {
    const { budget, routes } = parseOptions({ environments: pair, budget: { perMonthUsd: 0.1 } });
    expect(budget).toEqual({
      limit: 100_000_000,
      action: 'reject',
      alertAt: [50, 80, 100],
      reservationTtl: 65 * MINUTE,
      whenUnavailable: 'lastKnown',
    });
    expect(routes.get('default')?.budget).toBeUndefined();
  });

  test('set money aside for longer than any stream may last', () => {
    const { budget } = parseOptions({
      environments: pair,
      timeouts: { streamTotal: '1h' },
      budget: { perMonthUsd: 1 },
    });
    expect(budget?.reservationTtl).toBe(125 * MINUTE);
  });

  test('are the app’s at the top and a route’s inside of it', () => {
    const { budget, routes } = parseOptions({
      routes: {
        chat: { environments: pair, budget: { perMonthUsd: 1, action: 'alert' } },
        search: { environments: pair },
      },
      budget: { perMonthUsd: 2 },
    });
    expect([budget?.limit, routes.get('chat')?.budget?.limit]).toEqual([2_000_000_000, 1_000_000_000]);
    expect(routes.get('chat')?.budget?.action).toBe('alert');
    expect(routes.get('search')?.budget).toBeUndefined();
  });

  test.each([{ perMonthUsd: -1 }, { perMonthUsd: 5_000_000 }, { alertAt: [0] }, { action: 'stop' }])(
    'do not take %p',
    (budget) => {
      expect(() => parseOptions({ environments: pair, budget: budget as object })).toThrow('budget');
    },
  );
});
