import { rootCertificates } from 'node:tls';
import { EnvHttpProxyAgent, Pool, ProxyAgent, type Dispatcher } from 'undici';

/** The way to an upstream. */
export interface Network {
  /** The proxy of every call; `false`: none. Absent: as the process's environment variables say. */
  readonly proxy?: string | false | undefined;
  /** Certificates that are trusted besides the public ones, in PEM. */
  readonly ca?: string | undefined;
  /** HTTP/2 where the upstream offers it. */
  readonly allowH2: boolean;
}

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * The connections to one origin. Undici's own limits on time are off, except the one on connecting, which only undici
 * can see.
 *
 * @param variables where `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` stand, in capitals or not.
 */
export function dispatcherFor(
  origin: string,
  { proxy, ca, allowH2 }: Network,
  connectTimeout: number,
  variables: Variables = process.env,
): Dispatcher {
  const trusted = ca === undefined ? {} : { ca: [...rootCertificates, ca] };
  const proxyTls = { timeout: connectTimeout, ...trusted };
  const connect = { ...proxyTls, allowH2 };
  const options = { headersTimeout: 0, bodyTimeout: 0, allowH2 };
  const proxied = { ...options, connect, requestTls: connect, proxyTls };
  if (proxy) return new ProxyAgent({ ...proxied, uri: withScheme(proxy) });
  const known = proxy === false || isLoopback(origin) ? undefined : proxiesIn(variables);
  return known ? new EnvHttpProxyAgent({ ...proxied, ...known }) : new Pool(origin, { ...options, connect });
}

/** `undefined` when no proxy is named: a pool alone costs less on every call. */
function proxiesIn(variables: Variables) {
  const valueOf = (name: string): string => variables[name] ?? variables[name.toUpperCase()] ?? '';
  const httpProxy = withScheme(valueOf('http_proxy'));
  const httpsProxy = withScheme(valueOf('https_proxy')) || httpProxy;
  if (httpsProxy === '') return undefined;
  return { httpProxy, httpsProxy, noProxy: valueOf('no_proxy') };
}

/** `proxy:3128`, as curl takes it, is an address over HTTP. */
export function withScheme(proxy: string): string {
  return proxy === '' || proxy.includes('://') ? proxy : `http://${proxy}`;
}

/** No proxy reaches what listens on this machine alone. */
function isLoopback(origin: string): boolean {
  const { hostname } = new URL(origin);
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
