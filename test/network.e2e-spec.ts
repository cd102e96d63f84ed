import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { INestApplication } from '@nestjs/common';
import { LlmRouterService, type BlueGreenOptions } from 'nestjs-blue-green';
import { blueGreen, startApp } from './support/app.js';
import { FakeProvider } from './support/fake-provider.js';
import {
  ConnectProxy,
  ownCertificate,
  PROVIDER_NAME,
  SecureProvider,
  type OwnCertificate,
} from './support/secure-provider.js';

type Network = NonNullable<Extract<BlueGreenOptions, { environments: unknown }>['network']>;

const REQUEST = { messages: [{ role: 'user', content: 'Hi' }] };
const VARIABLES = ['http_proxy', 'https_proxy', 'no_proxy'].flatMap((name) => [name, name.toUpperCase()]);

let own: OwnCertificate;
let secure: SecureProvider;
let plain: FakeProvider;
let proxy: ConnectProxy;
let app: INestApplication | undefined;
let variables: (string | undefined)[];

beforeAll(() => {
  own = ownCertificate();
});
afterAll(() => own.remove());
beforeEach(async () => {
  variables = VARIABLES.map((name) => process.env[name]);
  for (const name of VARIABLES) delete process.env[name];
  [secure, plain, proxy] = await Promise.all([SecureProvider.start(own), FakeProvider.start(), ConnectProxy.start()]);
});
afterEach(async () => {
  for (const [at, name] of VARIABLES.entries()) {
    if (variables[at] === undefined) delete process.env[name];
    else process.env[name] = variables[at];
  }
  await app?.close();
  app = undefined;
  await Promise.all([secure.stop(), plain.stop(), proxy.stop()]);
});

/** One environment over there, and how a route's only caller reaches it. */
async function routerTo(baseUrl: string, network?: Network, connect = '5s'): Promise<LlmRouterService> {
  const blue = { model: 'm-1', baseUrl, apiKey: 'sk-over-there', weight: 100, network };
  const module = blueGreen({ environments: { blue }, timeouts: { connect }, retry: { attempts: 1 } });
  app = await startApp({ module });
  return app.get(LlmRouterService);
}

async function whole(router: LlmRouterService): Promise<string> {
  return (await router.complete('default', REQUEST)).content;
}

async function streamed(router: LlmRouterService): Promise<string> {
  let text = '';
  for await (const chunk of router.stream('default', REQUEST)) text += chunk.text;
  return text;
}

const secureAt = (host: string): string => `https://${host}:${secure.port}/v1`;
const plainAt = (host: string): string => plain.baseUrl.replace('127.0.0.1', host);

describe('a proxy', () => {
  test('that HTTPS_PROXY names tunnels calls over TLS, whole and streamed', async () => {
    process.env['HTTPS_PROXY'] = `http://${proxy.address}`;
    const router = await routerTo(secureAt(PROVIDER_NAME), { ca: own.cert });
    expect([await whole(router), await streamed(router)]).toEqual(['Hello there', 'Hello there']);
    expect(proxy.tunnels[0]).toEqual({ to: `${PROVIDER_NAME}:${secure.port}`, user: undefined });
    expect(secure.calls[0]).toEqual({ version: '1.1', key: 'Bearer sk-over-there' });
  });

  test('that HTTP_PROXY names, without a scheme, takes calls in the clear', async () => {
    process.env['HTTP_PROXY'] = proxy.address;
    const router = await routerTo(plainAt(PROVIDER_NAME));
    expect([await whole(router), await streamed(router)]).toEqual(['Hello there', 'Hello there']);
    expect(proxy.tunnels).not.toEqual([]);
  });

  test('is passed by for hosts that NO_PROXY names, and for this machine', async () => {
    process.env['HTTP_PROXY'] = `http://${proxy.address}`;
    process.env['NO_PROXY'] = 'elsewhere.test,0.0.0.0';
    // To connect to 0.0.0.0 reaches this machine, and does not look like it.
    expect(await whole(await routerTo(plainAt('0.0.0.0')))).toBe('Hello there');
    await app?.close();
    expect(await whole(await routerTo(plain.baseUrl))).toBe('Hello there');
    expect(proxy.tunnels).toEqual([]);
    await app?.close();
    process.env['NO_PROXY'] = 'elsewhere.test';
    expect(await whole(await routerTo(plainAt('0.0.0.0')))).toBe('Hello there');
    expect(proxy.tunnels).toHaveLength(1);
  });

  test('of an environment comes before the variables, with its user, for any address', async () => {
    process.env['HTTPS_PROXY'] = 'http://127.0.0.1:9';
    const strict = await ConnectProxy.start('me:s3cret/');
    const router = await routerTo(secureAt('127.0.0.1'), {
      proxy: `http://me:s3cret%2F@${strict.address}`,
      ca: own.cert,
    });
    expect(await whole(router)).toBe('Hello there');
    expect(strict.tunnels).toEqual([{ to: `127.0.0.1:${secure.port}`, user: 'me:s3cret/' }]);
    await app?.close();
    app = undefined;
    await strict.stop();
  });

  test('is off with false', async () => {
    process.env['HTTP_PROXY'] = 'http://127.0.0.1:9';
    expect(await whole(await routerTo(plainAt('0.0.0.0'), { proxy: false }))).toBe('Hello there');
  });

  test('that refuses is a failure of the connection', async () => {
    const strict = await ConnectProxy.start('me:s3cret');
    const router = await routerTo(secureAt(PROVIDER_NAME), {
      proxy: `http://you:wrong@${strict.address}`,
      ca: own.cert,
    });
    const error: unknown = await whole(router).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ failure: 'network', status: 502 });
    expect(String(error)).not.toContain('wrong');
    await app?.close();
    app = undefined;
    await strict.stop();
  });
});

describe('a certificate of our own', () => {
  test('is not trusted by itself', async () => {
    await expect(whole(await routerTo(secureAt('127.0.0.1')))).rejects.toMatchObject({ failure: 'network' });
    expect(secure.calls).toEqual([]);
  });

  test.each(['text', 'path'] as const)('is trusted when its %s is given', async (form) => {
    const router = await routerTo(secureAt('127.0.0.1'), { ca: form === 'text' ? own.cert : own.path });
    expect([await whole(router), await streamed(router)]).toEqual(['Hello there', 'Hello there']);
  });
});

describe('HTTP/2', () => {
  test('is spoken where it is allowed and offered', async () => {
    const router = await routerTo(secureAt('127.0.0.1'), { ca: own.cert, allowH2: true });
    expect([await whole(router), await streamed(router)]).toEqual(['Hello there', 'Hello there']);
    expect(secure.calls.map(({ version }) => version)).toEqual(['2.0', '2.0']);
  });

  test('carries many calls at once', async () => {
    const router = await routerTo(secureAt('127.0.0.1'), { ca: own.cert, allowH2: true });
    const calls = Array.from({ length: 12 }, (_, n) => (n % 2 === 0 ? whole(router) : streamed(router)));
    expect(new Set(await Promise.all(calls))).toEqual(new Set(['Hello there']));
  });

  test('is spoken through a proxy, too', async () => {
    process.env['HTTPS_PROXY'] = `http://${proxy.address}`;
    const router = await routerTo(secureAt(PROVIDER_NAME), { ca: own.cert, allowH2: true });
    expect(await streamed(router)).toBe('Hello there');
    expect(secure.calls.map(({ version }) => version)).toEqual(['2.0']);
  });

  test('is left for 1.1 where it is not offered', async () => {
    const router = await routerTo(plain.baseUrl, { allowH2: true });
    expect([await whole(router), await streamed(router)]).toEqual(['Hello there', 'Hello there']);
  });

  test('tells the provider of a caller that leaves', async () => {
    const endless = await SecureProvider.start(own, true);
    const router = await routerTo(`https://127.0.0.1:${endless.port}/v1`, { ca: own.cert, allowH2: true });
    for await (const chunk of router.stream('default', REQUEST)) if (chunk.text !== '') break;
    await endless.left;
    await app?.close();
    app = undefined;
    await endless.stop();
  });
});
