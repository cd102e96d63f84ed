import { describe, expect } from '@jest/globals';
import * as fc from 'fast-check';
import { anyJson, changed, fuzz, pollution } from '../../../test/support/fuzz.js';
import { ValidationError } from '../../validation/validation-error.js';
import { endpointsOf } from '../openapi/endpoints.js';
import { CONTROL_CONTROLLERS } from './controllers.js';
import { parsed } from './parse.js';

/**
 * A body that each endpoint takes, with all that may be in it. One that is missing here makes a promise of any JSON.
 */
const BODIES: Readonly<Record<string, unknown>> = {
  '/models/versions': {
    version_tag: 'v-1',
    model: 'm',
    parameters: { temperature: 0, stop: ['x'] },
    system_prompt: 'Be brief.',
    upstream_endpoint: 'chat/blue',
    cost_limit_per_request: 0.5,
    metadata: { max_tokens: 8_000, note: { by: 'ada' } },
  },
  '/routes/traffic': {
    model_alias: 'chat',
    route_rules: [
      { version_tag: 'v1', weight: 90 },
      { version_tag: 'v2', weight: 10 },
    ],
    sticky_sessions: { enabled: true, cookie_name: 'c', ttl_seconds: 60 },
    health_check: { enabled: true, error_rate_threshold: 0.05, latency_p99_threshold_ms: 900, auto_rollback: true },
    reason: 'because',
    expected_revision: 7,
  },
  '/routing/policy': {
    route_id: 'chat',
    routing: { strategy: 'shadow', weights: { blue: 90, green: 10 }, shadow_percentage: 5 },
    traffic_shift: { increment: 10, interval_seconds: 300, validation_threshold: { error_rate: 0.01 } },
  },
  '/rollouts/:route/start': {
    schedule: { steps: [{ setWeight: 5, duration: '1h' }], gates: [{ kind: 'latency', quantile: 0.99, max: 900 }] },
    seed: 's',
    force: true,
  },
  '/rollouts/:route/shift': { target: 'green', increment: 10, reason: 'because' },
  '/rollouts/:route/rollback': { to: 'blue', reason: 'because' },
  '/rollouts/:route/restore': { revision: 3 },
  '/auth/validate': { testModel: 'chat', dryRun: true },
};

const mounted = CONTROL_CONTROLLERS.map((controller) => ({ controller, path: '/' }));
const schemas = endpointsOf(mounted).flatMap(({ path, operation }) =>
  [operation?.body, operation?.query].flatMap((schema) => (schema ? [{ path, schema }] : [])),
);
const input = fc.constantFrom(...schemas).chain(({ path, schema }) => {
  const values = Object.hasOwn(BODIES, path) ? fc.oneof(changed(BODIES[path]), anyJson) : anyJson;
  return values.map((value) => ({ schema, value }));
});

describe('any body and any query of the control API', () => {
  fuzz('is taken, or refused with every problem, its path and its remedy', input, ({ schema, value }) => {
    try {
      parsed(schema, value);
    } catch (error) {
      if (!(error instanceof ValidationError)) throw error;
      expect(error.status).toBe(422);
      for (const { path, message } of error.problems) expect([path, message]).not.toContain('');
    }
    expect(pollution()).toEqual([]);
  });
});
