import { Logger } from '@nestjs/common';
import type { Caller, Scope } from '../../domain/access-key.js';
import { BlueGreenError } from '../../domain/errors.js';
import type { HttpRequest } from '../../routing/routing.options.js';
import type { AccessKeys } from './access-keys.js';
import { ExpiredKeyError } from './expired-key.js';
import type { KeyRates } from './key-rates.js';
import { TooManyRequestsError } from './too-many-requests.js';

/** The requirement of an endpoint: a scope, or any known key. */
export type NeededScope = Scope | 'any';

/** No key, or an unknown one. `code`: `invalid_api_key`. */
export class InvalidKeyError extends BlueGreenError {
  constructor(
    message = 'The request has no valid key.',
    remedy = 'Send "Authorization: Bearer <key>" or "x-api-key: <key>" with one of the configured keys.',
  ) {
    super('invalid_api_key', message, remedy, 401);
  }
}

/** The key lacks the scope. `code`: `insufficient_scope`. */
export class InsufficientScopeError extends BlueGreenError {
  constructor(caller: Caller, scope: Scope) {
    super(
      'insufficient_scope',
      `The key "${caller.name}" lacks the scope "${scope}".`,
      `Use a key that has it. This one has: ${caller.scopes.join(', ') || '(none)'}.`,
      403,
    );
  }
}

/** The lookup of the key failed. `code`: `key_lookup_failed`. */
class KeyLookupError extends BlueGreenError {
  constructor() {
    super('key_lookup_failed', 'The key could not be looked up.', 'Try again. The log has the cause.', 503);
  }
}

const logger = new Logger('ScopeGuard');

const CALLER = Symbol('blue-green caller');

interface Carrier {
  [CALLER]?: Caller;
}

/** The caller of this request, once it has been admitted. */
export function knownCaller(request: object): Caller | undefined {
  return (request as Carrier)[CALLER];
}

/** The owner of the key. @throws {KeyLookupError} when the lookup fails. */
export async function callerWithKey(
  keys: AccessKeys,
  key: string | undefined,
  ip?: string,
): Promise<Caller | undefined> {
  return key === undefined ? undefined : callerOf(keys, { headers: { 'x-api-key': key }, ip });
}

/** The owner of the key that the request brings. @throws {KeyLookupError} when the lookup fails. */
function callerOf(
  keys: AccessKeys,
  request: Pick<HttpRequest, 'headers' | 'ip'>,
): Caller | Promise<Caller | undefined> {
  const caller = keys.callerOf(request);
  return caller instanceof Promise ? caller.catch(lookupFailed) : caller;
}

function lookupFailed(error: unknown): never {
  if (error instanceof TooManyRequestsError || error instanceof ExpiredKeyError) throw error;
  // The name of the error alone: its message may quote the key.
  logger.error(`A key could not be looked up: ${error instanceof Error ? error.name : typeof error}`);
  throw new KeyLookupError();
}

/** Two `Host` headers: a proxy may have gone by the other one. `code`: `invalid_request`. */
class TwoHostsError extends BlueGreenError {
  constructor() {
    super('invalid_request', 'The request has more than one Host header.', 'Send one.', 400);
  }
}

interface Raw {
  /** Names and values in turn. Absent in tests of an app without a server. */
  readonly rawHeaders?: readonly string[];
  readonly raw?: { readonly rawHeaders?: readonly string[] };
}

function namesTwoHosts(request: Raw): boolean {
  const raw = (request.raw ?? request).rawHeaders ?? [];
  let hosts = 0;
  for (let at = 0; at < raw.length; at += 2) if (raw[at]!.length === 4 && /^host$/i.test(raw[at]!)) hosts++;
  return hosts > 1;
}

/** Admits callers by their keys, their scopes and their rate limits. */
export class KeyGate {
  constructor(
    private readonly keys: AccessKeys,
    private readonly rates: KeyRates,
  ) {}

  /**
   * Synchronous for a key of the options.
   *
   * @param session the key to go by, in place of one in the request's headers: `undefined` in it means none.
   * @throws {TwoHostsError} {@link InvalidKeyError} {@link ExpiredKeyError} {@link InsufficientScopeError}
   *   {@link TooManyRequestsError}
   */
  admit(
    request: HttpRequest & Raw,
    scope: NeededScope,
    session?: { readonly key: string | undefined },
  ): true | Promise<true> {
    if (namesTwoHosts(request)) throw new TwoHostsError();
    const caller = session ? callerWithKey(this.keys, session.key, request.ip) : callerOf(this.keys, request);
    return caller instanceof Promise
      ? caller.then((found) => this.#admit(found, scope, request))
      : this.#admit(caller, scope, request);
  }

  #admit(caller: Caller | undefined, scope: NeededScope, request: HttpRequest): true {
    if (!caller) throw new InvalidKeyError();
    if (scope !== 'any' && !caller.scopes.includes(scope)) throw new InsufficientScopeError(caller, scope);
    const wait = this.rates.take(caller, scope);
    if (wait > 0) throw new TooManyRequestsError(`The key "${caller.name}" is used too often.`, wait);
    (request as Carrier)[CALLER] = caller;
    return true;
  }
}
