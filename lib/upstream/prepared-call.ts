import { assertAble } from './abilities.js';
import type { CallerSignal } from '../kit/caller-signal.js';
import type { Clock } from '../kit/clock.js';
import type { Version } from '../domain/version.js';
import type { Dialect, JsonObject, PreparedBody } from './dialects/dialect.js';
import { authHeaders, type Endpoint } from './endpoint.js';
import { providerOf } from './providers.js';
import type { UpstreamClient } from './upstream-client.js';
import { UpstreamFailure } from './upstream-failure.js';

/** Refuses a request that would cost more than the version allows. @throws {UpstreamFailure} `budget`. */
export type CostCheck = (version: Version, dialect: Dialect, body: JsonObject) => void;

/** One call to one upstream, before it is made. */
export interface AttemptRequest {
  readonly client: UpstreamClient;
  readonly dialect: Dialect;
  readonly version: Version;
  /** The caller's body; the version is applied here. */
  readonly body: JsonObject;
  readonly headers: Readonly<Record<string, string>>;
  /** Headers of the caller that are part of the dialect. */
  readonly callerHeaders?: Readonly<Record<string, string>> | undefined;
  readonly signal: CallerSignal | undefined;
  readonly clock: Clock;
  readonly checkCost: CostCheck;
}

/** A call as it goes over the wire. */
export interface PreparedCall extends PreparedBody {
  /** Below the base URL. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Makes a request ready for one upstream.
 *
 * @throws {UpstreamFailure} when this environment cannot or may not take it. Nothing has been sent then.
 */
export function preparedCall(request: AttemptRequest): PreparedCall {
  const { client, dialect, version } = request;
  const { provider } = client.config;
  const endpoint = providerOf(provider).endpoints[dialect.name];
  if (!endpoint) {
    throw new UpstreamFailure('unsupported', `the provider "${provider}" does not speak ${dialect.name}`, {
      asked: false,
    });
  }
  const prepared = dialect.prepare(request.body, version);
  assertAble(version, dialect, prepared.body);
  request.checkCost(version, dialect, prepared.body);
  return {
    path: endpoint.path,
    headers: {
      'content-type': 'application/json',
      ...withCallers(fixedHeaders(client, dialect, endpoint), request.callerHeaders),
      ...request.headers,
    },
    ...prepared,
  };
}

/** By upstream and dialect: as many as were declared. */
const fixed = new WeakMap<UpstreamClient, Map<Dialect, Readonly<Record<string, string>>>>();

/** What every call of a dialect to an upstream carries, made once. */
function fixedHeaders(client: UpstreamClient, dialect: Dialect, endpoint: Endpoint): Readonly<Record<string, string>> {
  let ofClient = fixed.get(client);
  if (!ofClient) fixed.set(client, (ofClient = new Map()));
  let headers = ofClient.get(dialect);
  if (!headers) {
    headers = {
      'accept-encoding': 'identity',
      ...dialect.headers,
      ...endpoint.headers,
      ...client.config.headers,
      ...authHeaders(endpoint.auth, client.config.apiKey),
    };
    ofClient.set(dialect, headers);
  }
  return headers;
}

/** Lists: what the environment asks for and what the caller asks for both hold. */
const LISTS = new Set(['anthropic-beta', 'openai-beta']);

function withCallers(
  own: Readonly<Record<string, string>>,
  callers: Readonly<Record<string, string>> | undefined,
): Readonly<Record<string, string>> {
  if (!callers) return own;
  const headers = { ...own };
  for (const [name, value] of Object.entries(callers)) {
    headers[name] = LISTS.has(name) && own[name] !== undefined ? `${own[name]},${value}` : value;
  }
  return headers;
}
