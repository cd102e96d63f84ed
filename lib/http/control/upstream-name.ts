import type { RouteConfig } from '../../options/config.js';
import { withoutTrailingSlashes } from '../../upstream/endpoint.js';
import { isProvider, PROVIDER_NAMES, providerOf, type ProviderName } from '../../upstream/providers.js';
import type { UpstreamConfig } from '../../upstream/upstream-config.js';
import { show } from '../../validation/shown.js';
import { ValidationError } from '../../validation/validation-error.js';

/** The part of the options that declares upstreams, and the models that are asked there. */
export interface Declared {
  readonly upstreams: readonly UpstreamConfig[];
  readonly routes: ReadonlyMap<string, Pick<RouteConfig, 'definition'>>;
}

/**
 * The declared upstream that a version's `upstream_endpoint` names: by its id, its base URL, or its provider.
 * `undefined` means the slot's own. A version never brings an address of its own.
 *
 * @throws {ValidationError} when no declared upstream is meant, or several that differ.
 */
export function upstreamNamed(declared: Declared, named: string | undefined): string | undefined {
  const { upstreams } = declared;
  if (named === undefined || upstreams.some(({ id }) => id === named)) return named;
  const url = withoutTrailingSlashes(named);
  const meant = upstreams.filter((upstream) => upstream.baseUrl === url || providersOf(declared, upstream).has(named));
  if (meant.length === 0) throw refused(named, 'is not an upstream of the options', listOf(declared));
  const [first] = meant;
  if (meant.length === 1) return first!.id;
  // Objects have no address.
  const addresses = new Set(meant.map(({ baseUrl, id }) => baseUrl || id));
  // Every slot that the version may get has its own upstream.
  if (addresses.size === 1 && upstreams.every(({ baseUrl, id }) => addresses.has(baseUrl || id))) return undefined;
  if (new Set(meant.map(callsOf)).size === 1) return first!.id;
  throw refused(named, `means ${meant.length} upstreams that differ`, meant.map(({ id }) => id).join(', '));
}

/** The providers whose models an upstream serves: its own, the one at its address, or a relay's by `provider/model`. */
function providersOf({ routes }: Declared, { id, provider, baseUrl }: UpstreamConfig): ReadonlySet<string> {
  const found = new Set<string>();
  const own = provider ?? providerAt(baseUrl);
  if (own !== undefined) found.add(own);
  for (const { definition } of routes.values()) {
    for (const { version } of Object.values(definition.environments)) {
      const prefix = version.model.slice(0, Math.max(0, version.model.indexOf('/')));
      if (version.upstream === id && isProvider(prefix) && isRelay(own)) found.add(prefix);
    }
  }
  return found;
}

/** Serves models of others under names with slashes. */
function isRelay(provider: ProviderName | undefined): boolean {
  return provider === undefined || providerOf(provider).slashes === true;
}

const PROVIDER_HOSTS: ReadonlyMap<string, ProviderName> = new Map(
  PROVIDER_NAMES.flatMap((name) => {
    const { baseUrl } = providerOf(name);
    return baseUrl === undefined ? [] : [[new URL(baseUrl).host, name] as const];
  }),
);

function providerAt(baseUrl: string): ProviderName | undefined {
  return URL.canParse(baseUrl) ? PROVIDER_HOSTS.get(new URL(baseUrl).host) : undefined;
}

/** Everything that tells the calls of two upstreams apart. Stays in this process: it holds a key. */
function callsOf({ provider, baseUrl, apiKey, headers, asks }: UpstreamConfig): string {
  const sorted = Object.entries(headers).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([provider, baseUrl, apiKey, sorted, asks]);
}

function listOf(declared: Declared): string {
  return declared.upstreams
    .map((upstream) => {
      const providers = [...providersOf(declared, upstream)].join(', ');
      return providers === '' ? upstream.id : `${upstream.id} (${providers})`;
    })
    .join(', ');
}

function refused(named: string, message: string, known: string): ValidationError {
  const path = 'upstream_endpoint';
  const remedy = `Use one of: ${known}; or leave it out for the slot's own.`;
  return new ValidationError('The request is not valid', [{ path, value: show([path], named), message, remedy }]);
}
