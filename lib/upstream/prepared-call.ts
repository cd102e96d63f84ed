import { assertAble } from './abilities.js';
import type { CallerSignal } from '../kit/caller-signal.js';
import type { Clock } from '../kit/clock.js';
import type { Version } from '../domain/version.js';
import type { Dialect } from './dialects/dialect.js';
import type { DialectName } from './dialects/dialects.js';
import type { JsonObject } from '../kit/json.js';
import { authHeaders } from './endpoint.js';
import { withForeignCalls } from './foreign-calls.js';
import { inItsNames, needsOf } from './model-needs.js';
import { preparedBody, type PreparedBody } from './prepared-body.js';
import { formatsOf } from './formats.js';
import { refuses, withoutRefused } from './refusals.js';
import { endpointOf } from './provider.js';
import { providerOf } from './providers.js';
import type { UpstreamClient } from './upstream-client.js';
import { asksObject } from './upstream-config.js';
import { UpstreamFailure } from './upstream-failure.js';
import type { WrittenBody } from './written-body.js';

/**
 * Keeps a request within the cost that its version allows: the body as it came or with fewer tokens of output.
 *
 * @param asked the caller's body, before the version was applied.
 * @throws {UpstreamFailure} `budget`.
 */
export type CostCheck = (version: Version, dialect: Dialect, body: JsonObject, asked: JsonObject) => JsonObject;

/** One call to one upstream, before it is made. */
export interface AttemptRequest {
  readonly client: UpstreamClient;
  readonly dialect: Dialect;
  readonly version: Version;
  /** The caller's body; the version is applied here. */
  readonly body: JsonObject;
  /** The caller's text. It counts while `body` is still the one that it was written for. */
  readonly written?: WrittenBody | undefined;
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
 * @throws {UpstreamFailure} when this environment cannot or may not take it. Nothing was sent then.
 */
export function preparedCall(request: AttemptRequest): PreparedCall {
  const { client, dialect, version } = request;
  const { path, headers } = fixedPart(client, dialect);
  assertAsked(client, version);
  const needs = needsOf(providerOf(client.config.provider).needs, version.model);
  const asked = withForeignCalls(inItsNames(request.body, needs), dialect, needs);
  const prepared = preparedBody(dialect, asked, version, !refuses(client, 'stream_options'));
  assertAble(version, dialect, prepared.body);
  const body = request.checkCost(version, dialect, prepared.body, request.body);
  return {
    path,
    headers: {
      'content-type': 'application/json',
      ...withCallers(withoutRefused(client, headers), request.callerHeaders, dialect),
      ...withoutRefused(client, request.headers),
    },
    ...prepared,
    body,
  };
}

/** A model object is one model: a version that names another would silently get the answers of this one. */
function assertAsked({ config: { asks } }: UpstreamClient, { model }: Version): void {
  if (asks === undefined || asks === model) return;
  const message = `the model object of this environment is "${asks}" and cannot be asked for "${model}"`;
  throw new UpstreamFailure('unsupported', message, { asked: false });
}

/** The part of a call that is the same for every call of a dialect to an upstream. */
type FixedPart = Pick<PreparedCall, 'path' | 'headers'>;

/** By upstream and dialect. The configuration bounds its size. */
const fixed = new WeakMap<UpstreamClient, Map<Dialect, FixedPart>>();

function fixedPart(client: UpstreamClient, dialect: Dialect): FixedPart {
  let ofClient = fixed.get(client);
  if (!ofClient) fixed.set(client, (ofClient = new Map()));
  let part = ofClient.get(dialect);
  if (!part) ofClient.set(dialect, (part = newFixedPart(client, dialect)));
  return part;
}

function newFixedPart({ config }: UpstreamClient, dialect: Dialect): FixedPart {
  if (asksObject(config)) {
    if (formatsOf(config).includes(dialect.name as DialectName)) return { path: dialect.endpoint.path, headers: {} };
    throw new UpstreamFailure('unsupported', `the model object does not answer ${dialect.name}`, { asked: false });
  }
  const endpoint = endpointOf(providerOf(config.provider), dialect);
  if (!endpoint) {
    const message = `the provider "${config.provider}" does not speak ${dialect.name}`;
    throw new UpstreamFailure('unsupported', message, { asked: false });
  }
  const headers = {
    'accept-encoding': 'identity',
    ...dialect.headers,
    ...endpoint.headers,
    ...config.headers,
    ...authHeaders(endpoint.auth, config.apiKey),
  };
  return { path: endpoint.path, headers };
}

/** Of a list, the environment's values and the caller's both hold. */
function withCallers(
  own: Readonly<Record<string, string>>,
  callers: Readonly<Record<string, string>> | undefined,
  { listHeaders }: Dialect,
): Readonly<Record<string, string>> {
  if (!callers) return own;
  const headers = { ...own };
  for (const [name, value] of Object.entries(callers)) {
    headers[name] = listHeaders.includes(name) && own[name] !== undefined ? `${own[name]},${value}` : value;
  }
  return headers;
}
