import type { BlueGreenExtras, BlueGreenOptions } from 'nestjs-blue-green';
import type { ReplicaSettings } from './messages.js';

export const APP = 'chaos';
export const KEY = 'chaos-benchmark-key';
/** The route whose rollouts come and go. */
export const CHAT = 'chat';
/** The route with a budget. */
export const METERED = 'metered';

/** Short, so that a run has many of everything. Milliseconds. */
export const MAX_STALENESS = 5_000;
const LEASE = 2_000;
const STEP = 1_500;
const RESERVATION_TTL = 30_000;

/** US dollars per million tokens, dear enough for a budget to be used up within a run. */
export const PRICE = 1_000;
/** The most that a caller asks for. */
export const MAX_TOKENS = 40;

/** The same on every replica. */
export function optionsFor(settings: ReplicaSettings): BlueGreenOptions & BlueGreenExtras {
  const { providers, redis, file, budget, app } = settings;
  const environment = (name: string) => ({ model: `${name}-model`, baseUrl: providers[name]!, apiKey: `sk-${name}` });
  const environments = {
    blue: { ...environment('blue'), weight: 100 },
    green: environment('green'),
    fallback: environment('fallback'),
  };
  const price = { input: PRICE, output: PRICE };
  return {
    isGlobal: true,
    gateway: true,
    healthController: true,
    keys: [{ name: 'chaos', key: KEY }],
    routes: {
      [CHAT]: { environments },
      [METERED]: {
        environments,
        budget: { perMonthUsd: budget, whenUnavailable: 'reject', reservationTtl: RESERVATION_TTL },
      },
    },
    prices: { 'blue-model': price, 'green-model': price, 'fallback-model': price },
    timeouts: { connect: 1_000, firstToken: 1_500, idle: 1_000, total: 2_000, streamTotal: 5_000 },
    retry: { baseDelay: 50, maxDelay: 2_000 },
    breaker: { halfOpenAfter: 1_000 },
    journal: redis === undefined ? { file: file! } : { redis, app, maxStaleness: MAX_STALENESS, lease: LEASE },
    scheduler: { monitorInterval: 250 },
    rollout: {
      steps: [10, 30, 60].map((setWeight) => ({
        setWeight,
        duration: STEP,
        maxDuration: 10 * STEP,
        onInconclusive: 'rollback',
        holdConditions: { minSampleSize: { canary: 3, baseline: 3 } },
      })),
      finalBakeTime: STEP,
      preflight: { timeout: 1_000 },
    },
  };
}
