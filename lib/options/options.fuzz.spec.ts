import { inspect } from 'node:util';
import { describe, expect } from '@jest/globals';
import { changed, fuzz, pollution } from '../../test/support/fuzz.js';
import { environment, untyped } from '../../test/support/options.js';
import { OptionsError } from '../validation/validation-error.js';
import { parseOptions } from './parse-options.js';

const SECRET = 'sk-Zq7-marked-Zq7';

const headers = { 'x-tenant': SECRET };
const OPTIONS = {
  routes: {
    chat: {
      environments: {
        blue: environment(90, { apiKey: SECRET, headers, parameters: { temperature: 0 }, systemPrompt: 'Be brief.' }),
        green: environment(10, { apiKey: SECRET, timeouts: { total: '5s' }, capabilities: { maxTokens: 8_000 } }),
      },
      active: 'blue',
      fallback: ['green'],
      stickiness: {
        headers: ['x-user-id'],
        bodyKeys: ['metadata.user_id'],
        cookie: { name: 'c', secret: SECRET, ttl: '1d' },
      },
      rollout: { steps: [{ setWeight: 5, duration: '1h' }], gates: [{ kind: 'errorRate', max: 0.05 }] },
      budget: { perMonthUsd: 100 },
    },
  },
  keys: [
    { name: 'web', key: SECRET, scopes: ['inference'], environments: ['green'], rateLimit: { requests: 5, per: '1s' } },
  ],
  retry: { attempts: 2, budget: { ratio: 0.1 } },
  breaker: { threshold: 0.5 },
  prices: { m: { input: 1, output: 2 } },
  journal: { redis: `redis://me:${SECRET}@localhost:6379` },
  alerts: { webhooks: [{ url: `https://hooks.example/${SECRET}`, secret: `whsec_${'A'.repeat(40)}` }] },
  requestLog: { maxEntries: 10 },
  healthCheck: { errorRate: 0.05, latencyP99: '3s' },
};

describe('any options', () => {
  fuzz('are taken whole, or refused without a word of their secrets', changed(OPTIONS), (options) => {
    try {
      const { routes } = parseOptions(untyped(options));
      for (const { definition } of routes.values()) {
        const sum = Object.values(definition.weights).reduce((all, weight) => all + weight, 0);
        expect(Math.abs(sum - 100)).toBeLessThan(0.02);
      }
    } catch (error) {
      expect(error).toBeInstanceOf(OptionsError);
      expect(inspect(error, { depth: null })).not.toContain(SECRET);
    }
    expect(pollution()).toEqual([]);
  });
});
