import type { Clock } from '../domain/clock.js';
import { isModel } from '../domain/version.js';
import { authHeaders } from '../upstream/endpoint.js';
import { isObject, parseJson, stringAt } from '../upstream/json.js';
import { providerOf } from '../upstream/providers.js';
import { drain, readAll } from '../upstream/response-body.js';
import type { UpstreamClient } from '../upstream/upstream-client.js';
import { Watchdog } from '../upstream/watchdog.js';

/** What is known of an environment's health. */
export interface EnvironmentHealth {
  /** `degraded`: serves, but something is off. */
  readonly status: 'up' | 'degraded' | 'down';
  /** The first tier that is in doubt: can it be reached, does it take the key, does it have the model? */
  readonly tier?: 'connectivity' | 'key' | 'model' | undefined;
  readonly message: string;
  /** Learnt from live traffic, or by asking. */
  readonly source: 'traffic' | 'probe';
}

const MODELS_BODY_LIMIT = 4 * 1024 * 1024;

/**
 * Asks an upstream for its list of models: one cheap call that costs no tokens and answers all three tiers. Never
 * rejects.
 */
export async function probe(
  client: UpstreamClient,
  model: string,
  timeout: number,
  clock: Clock,
): Promise<EnvironmentHealth> {
  const { provider, apiKey, headers: own } = client.config;
  const { path, auth, headers } = providerOf(provider).models;
  const watchdog = new Watchdog(clock, undefined);
  watchdog.limit('answer to the probe', timeout);
  try {
    const { status, body } = await client.request(
      'GET',
      path,
      { ...own, ...headers, ...authHeaders(auth, apiKey) },
      watchdog.signal,
    );
    if (status !== 200) {
      await drain(body, MODELS_BODY_LIMIT, watchdog.signal);
      return fromStatus(status);
    }
    const list = await readAll(body, MODELS_BODY_LIMIT);
    const listed = modelsIn(parseJson(list.toString('utf8')));
    if (listed === undefined || listed.some((name) => isModel(name, model))) return health('up', undefined, 'answers');
    return health('degraded', 'model', 'the provider does not list the model');
  } catch {
    const slow = watchdog.signal.aborted;
    return health('down', 'connectivity', slow ? `no answer within ${timeout} ms` : 'cannot be reached');
  } finally {
    watchdog.release();
  }
}

function fromStatus(status: number): EnvironmentHealth {
  if (status === 401 || status === 403) return health('down', 'key', `the provider refuses the key (${status})`);
  if (status === 429) return health('degraded', 'key', 'the provider limits our rate (429)');
  if (status >= 500) return health('down', 'connectivity', `the provider is in trouble (${status})`);
  // Not every provider has a list of models; that it answers is all that can be learnt here.
  return health('up', undefined, `answers, but lists no models (${status})`);
}

function health(
  status: EnvironmentHealth['status'],
  tier: EnvironmentHealth['tier'],
  message: string,
): EnvironmentHealth {
  return { status, tier, message, source: 'probe' };
}

function modelsIn(json: unknown): string[] | undefined {
  if (!isObject(json) || !Array.isArray(json['data'])) return undefined;
  return json['data'].flatMap((entry: unknown) => (isObject(entry) ? (stringAt(entry, 'id') ?? []) : []));
}
