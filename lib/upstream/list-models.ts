import type { Clock } from '../kit/clock.js';
import { authHeaders } from './endpoint.js';
import { isObject, parseJson, stringAt } from '../kit/json.js';
import { modelsOf } from './provider.js';
import { providerOf } from './providers.js';
import { drain, readAll } from './response-body.js';
import type { UpstreamClient } from './upstream-client.js';
import { Watchdog } from './watchdog.js';

/** The outcome of asking a provider for its models. */
export type ModelList =
  | { readonly kind: 'listed'; readonly models: readonly string[] }
  /** It answered with something other than a list. */
  | { readonly kind: 'answered'; readonly status: number }
  | { readonly kind: 'silent'; readonly message: string };

const BODY_LIMIT = 4 * 1024 * 1024;

/**
 * Asks an upstream for its list of models: one cheap call that costs no tokens. Never rejects.
 *
 * @param timeout milliseconds.
 */
export async function listModels(client: UpstreamClient, timeout: number, clock: Clock): Promise<ModelList> {
  const { provider, apiKey, headers: own } = client.config;
  const { path, auth, headers } = modelsOf(providerOf(provider));
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
      await drain(body, BODY_LIMIT);
      return { kind: 'answered', status };
    }
    const models = modelsIn(parseJson((await readAll(body, BODY_LIMIT)).toString('utf8')));
    return models ? { kind: 'listed', models } : { kind: 'answered', status };
  } catch {
    const slow = watchdog.signal.aborted;
    return { kind: 'silent', message: slow ? `no answer within ${timeout} ms` : 'cannot be reached' };
  } finally {
    watchdog.release();
  }
}

function modelsIn(json: unknown): string[] | undefined {
  if (!isObject(json) || !Array.isArray(json['data'])) return undefined;
  return json['data'].flatMap((entry: unknown) => (isObject(entry) ? (stringAt(entry, 'id') ?? []) : []));
}
