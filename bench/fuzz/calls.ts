import type { Random } from '../../lib/kit/clock.js';
import { hostileQuery, pick, spoiled } from './hostile.js';

export interface Call {
  readonly method: string;
  readonly path: string;
  readonly body?: string;
}

const ROUTES = ['route-1', 'route-2', 'route-x'];

/** The bodies of the control API with all that may be in them. */
const BODIES: readonly (readonly [method: string, path: string, body: object])[] = [
  [
    'POST',
    '/v1/models/versions',
    {
      version_tag: 'v-1',
      model: 'm',
      parameters: { temperature: 0, max_tokens: 100, seed: 1 },
      system_prompt: 'Be brief.',
      cost_limit_per_request: 0.5,
      capabilities: { max_tokens: 8_000, supports_streaming: true },
      metadata: { max_tokens: 8_000 },
    },
  ],
  [
    'PATCH',
    '/v1/routes/traffic',
    {
      model_alias: 'route-1',
      route_rules: { blue: 90, green: 10 },
      shadow_percentage: 5,
      shadow: { similarity_threshold: 0.9, max_temporal_drift_ms: 500, streaming: { buffer_threshold: 4 } },
      sticky_sessions: { enabled: true, cookie_name: 'c', ttl_seconds: 60 },
      health_check: { enabled: true, error_rate_threshold: 0.05, latency_p99_threshold_ms: 900, auto_rollback: true },
    },
  ],
  [
    'PATCH',
    '/v1/routing/policy',
    {
      model_alias: 'route-1',
      routing: { weights: { blue: 90, green: 10 } },
      traffic_shift: {
        increment: 10,
        interval_seconds: 300,
        validation_threshold: { error_rate: 0.01, latency_p99_ms: 900, p99_difference_ms: 50 },
      },
    },
  ],
  [
    'POST',
    '/v1/rollouts/route-1/start',
    {
      schedule: {
        steps: [
          {
            set_weight: 5,
            duration: '1h',
            max_duration: '2h',
            hold_conditions: {
              min_sample_size: { canary: 20, baseline: 20 },
              min_units: 5,
              detect: 3,
              windows: [{ cron: '* * * * *', tz: 'UTC' }],
            },
          },
          { set_weight: 100, duration: 1_000 },
        ],
        gates: [{ kind: 'latency', quantile: 0.99, max: 900, alpha: 0.01, min_sample_size: 50, initial_delay: '1m' }],
        alpha_total: 0.05,
        fast_trip: { consecutive_failures: 5 },
        final_bake_time: '30m',
        consecutive_error_limit: 4,
        preflight: false,
      },
    },
  ],
  ['POST', '/v1/rollouts/route-1/start', { schedule: { steps: { increment: 10, interval: 300 }, preflight: false } }],
  ['POST', '/v1/rollouts/route-2/shift', { target: 'green', increment: 10, expected_revision: 7 }],
  ['POST', '/v1/rollouts/route-2/restore', { revision: 3 }],
  ['POST', '/v1/rollouts/route-1/pause', { expected_revision: 7 }],
  ['POST', '/v1/rollouts/route-1/rollback', { reason: 'because' }],
  ['POST', '/v1/rollouts/route-1/promote', { reason: 'because' }],
  ['POST', '/v1/rollouts/route-1/preflight', { timeout: '1s' }],
  ['POST', '/v1/audit', { text: 'deployed', kind: 'deploy', model_alias: 'route-1', metadata: { build: 7 } }],
  ['POST', '/v1/alerts', { message: 'look', severity: 'info', model_alias: 'route-1', metadata: { build: 7 } }],
  ['POST', '/v1/auth/validate', { testModel: 'route-1', dryRun: true }],
];

/** Bodies that are well-formed in each part, and as long as a body may be. */
const LONG: readonly (readonly [method: string, path: string, body: () => object])[] = [
  ['PATCH', '/v1/routes/traffic', () => ({ model_alias: 'route-1', route_rules: named(5_000, 'rule', 1) })],
  ['PATCH', '/v1/routes/traffic', () => named(5_000, 'name', 1)],
  ['PATCH', '/v1/routing/policy', () => ({ routing: { weights: named(5_000, 'weight', -1) } })],
  [
    'POST',
    '/v1/rollouts/route-1/start',
    () => ({
      schedule: {
        steps: Array.from({ length: 80 }, (_, step) => ({
          set_weight: 5,
          duration: '1m',
          hold_conditions: {
            windows: Array.from({ length: 20 }, (__, n) => ({ cron: `${n} ${step % 24} 30 2 *`, tz: 'Europe/Berlin' })),
          },
        })),
      },
    }),
  ],
];

function named(count: number, prefix: string, value: number): Record<string, number> {
  return Object.fromEntries(Array.from({ length: count }, (_, n) => [`${prefix}-${n}`, value]));
}

const QUERIES: readonly (readonly [path: string, names: readonly string[]])[] = [
  ['/v1/metrics/versions', ['version_tag', 'start_time', 'end_time', 'metrics']],
  ['/v1/rollouts/route-1/report', ['format', 'rollout']],
  ['/v1/rollouts/route-1', ['limit']],
  ['/v1/audit', ['route', 'from_revision', 'limit']],
  ['/v1/alerts', ['route', 'type', 'since', 'limit']],
  ['/v1/requests', ['route', 'environment', 'version_tag', 'outcome', 'start_time', 'end_time', 'limit']],
  ['/v1/cost/report', ['model_alias']],
  ['/v1/budgets', []],
  ['/v1/status', []],
  ['/v1/shadow/report', ['model_alias']],
  ['/v1/models/versions', ['limit']],
  ['/v1/openapi.json', []],
  ['/blue-green/api/rollouts/route-1/history', ['minutes']],
];

/** The next call of somebody with a key who means harm. */
export function hostileCall(random: Random): Call {
  if (random() < 0.3) {
    const [path, names] = pick(random, QUERIES);
    const query = names.filter(() => random() < 0.5).map((name) => `${name}=${hostileQuery(random)}`);
    return { method: 'GET', path: query.length > 0 ? `${path}?${query.join('&')}` : path };
  }
  if (random() < 0.02) {
    const [method, path, body] = pick(random, LONG);
    return { method, path, body: JSON.stringify(body()) };
  }
  const [method, written, body] = pick(random, BODIES);
  const path = written.replace(/route-\d/, () => pick(random, ROUTES));
  // Mostly one hostile value among good ones: it gets farther.
  return { method, path, body: spoiled(random, body, pick(random, [0.08, 0.08, 0.3])) };
}
