import { hash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { INestApplication } from '@nestjs/common';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { AccessKeys } from '../lib/http/keys/access-keys.js';
import { FakeClock } from './support/fake-clock.js';
import { ADAPTERS } from './support/app.js';
import { control, controlOptions, OPERATOR, READER } from './support/control.js';
import { FakeProvider, type Behaviour } from './support/fake-provider.js';
import { KEY, startGateway } from './support/gateway.js';
import { Stage, urlOf } from './support/stage.js';

const CALL = { model: 'chat', messages: [{ role: 'user', content: 'Hi' }] };
const PAGE = { 'x-blue-green-page': '1', 'content-type': 'application/json' };

describe.each(ADAPTERS)('who may do what, on %s', (adapter) => {
  let stage: Stage;
  let app: INestApplication;

  beforeAll(async () => {
    stage = await Stage.open();
    app = await startGateway(stage, adapter, {
      options: { ...controlOptions, dashboard: { path: 'page' } },
    });
  });
  beforeEach(() => stage.provider.reset());
  afterAll(() => stage.close());

  const ask = async (method: string, path: string, headers: Record<string, string>, body?: object) => {
    const init = { method, headers: { ...(body && { 'content-type': 'application/json' }), ...headers } };
    const response = await fetch(urlOf(app) + path, { ...init, ...(body && { body: JSON.stringify(body) }) });
    await response.text();
    return response;
  };
  const sessionOf = async (key: string): Promise<string> =>
    (await ask('POST', '/page/session', PAGE, { key })).headers.get('set-cookie')!.split(';', 1)[0]!;

  test('a session of the dashboard opens the dashboard alone: neither the control API nor the gateway', async () => {
    const cookie = await sessionOf(OPERATOR);
    expect((await ask('GET', '/page/api/status', { cookie })).status).toBe(200);
    expect((await ask('GET', '/v1/status', { cookie })).status).toBe(401);
    expect((await ask('POST', '/v1/rollouts/chat/pause', { ...PAGE, cookie }, {})).status).toBe(401);
    expect((await ask('POST', '/v1/chat/completions', { ...PAGE, cookie }, CALL)).status).toBe(401);
    expect(stage.provider.calls).toEqual([]);
  });

  test('a key that stands anywhere but in its headers is none', async () => {
    const form = new URLSearchParams({ key: OPERATOR, api_key: OPERATOR, access_token: OPERATOR }).toString();
    expect((await ask('GET', `/v1/status?${form}`, {})).status).toBe(401);
    expect((await ask('GET', '/v1/status', { cookie: `bg_session=${OPERATOR}` })).status).toBe(401);
    expect((await ask('GET', '/v1/status', { authorization: OPERATOR })).status).toBe(401);
    const basic = `Basic ${Buffer.from(`x:${OPERATOR}`).toString('base64')}`;
    expect((await ask('GET', '/v1/status', { authorization: basic })).status).toBe(401);
  });

  test.each([
    ['a method in a header', 'GET', { 'x-http-method-override': 'POST' }],
    ['a method that is not there', 'PUT', {}],
    ['another method of the same path', 'HEAD', {}],
  ])('%s changes nothing', async (_, method, headers) => {
    const { next_revision: before } = (await control(app, 'GET', '/audit')).json;
    await ask(method, '/v1/rollouts/chat/promote', { authorization: `Bearer ${READER}`, ...headers });
    expect((await control(app, 'GET', '/audit')).json).toMatchObject({ next_revision: before });
  });

  test.each([
    '/v1//status',
    '/v1/%73tatus',
    '/V1/STATUS',
    '/v1/status/',
    '/v1/./status',
    '/v1/x/../status',
    '/v1/status;a=b',
  ])('%s, another spelling of a path, is the same guard or nothing', async (path) => {
    expect([401, 404]).toContain((await ask('GET', path, {})).status);
  });

  test.each(['operate', 'inference'])('a session of a reader cannot be made one for %s', async (scope) => {
    const cookie = await sessionOf(READER);
    const more = { 'x-scope': scope, authorization: `Bearer ${KEY}`, 'x-api-key': KEY };
    const answer = await ask(
      'POST',
      '/page/api/rollouts/chat/pause',
      { ...PAGE, cookie, ...more },
      { scopes: [scope] },
    );
    expect(answer.status).toBe(403);
  });

  test.each([
    ['a form', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['plain text, as a form may send it', { 'content-type': 'text/plain' }],
    ['a script of another site', { origin: 'https://evil.example', 'x-blue-green-page': '1' }],
    ['a frame without an origin', { origin: 'null', 'x-blue-green-page': '1' }],
    ['a neighbour of the same site', { 'sec-fetch-site': 'same-site', 'x-blue-green-page': '1' }],
  ])("%s cannot use somebody's session", async (_, headers) => {
    const cookie = await sessionOf(OPERATOR);
    for (const path of ['/page/api/rollouts/chat/pause', '/page/api/rollouts/chat/rollback']) {
      expect((await ask('POST', path, { cookie, ...headers })).status).toBe(403);
    }
    expect((await ask('DELETE', '/page/session', { cookie, ...headers })).status).toBe(403);
  });

  test('nobody is told by CORS that other sites may read the answers', async () => {
    const preflight = await ask('OPTIONS', '/page/api/status', {
      origin: 'https://evil.example',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'x-blue-green-page',
    });
    expect(preflight.headers.get('access-control-allow-origin')).toBeNull();
  });

  test.each([
    'http://169.254.169.254/latest',
    'file:///etc/passwd',
    '//evil.example/v1',
    'chat/blue@evil.example',
    'chat/../blue',
  ])('a version brings no address of its own: %s', async (endpoint) => {
    const body = { version_tag: 'v-url', model: 'm', upstream_endpoint: endpoint };
    const { status, json } = await control(app, 'POST', '/models/versions', body);
    expect([status, JSON.stringify(json)]).toEqual([422, expect.stringContaining('is not an upstream')]);
  });

  test.each(['../../admin', 'm?key=x', 'm#x', 'http://evil.example/m', 'a/b/../../c'])(
    'the name of a model, %s, is text in the body and never a part of the address',
    async (model) => {
      const tag = `v-${model.replaceAll(/\W/g, '-')}-${adapter}`;
      await control(app, 'POST', '/models/versions', { version_tag: tag, model });
      await control(app, 'PATCH', '/routes/traffic', { route_rules: { [tag]: 100 } });
      expect((await ask('POST', '/v1/chat/completions', { authorization: `Bearer ${KEY}` }, CALL)).status).toBe(200);
      expect(stage.provider.calls.map(({ path, body }) => [path, body['model']])).toEqual([
        ['/v1/chat/completions', model],
      ]);
      await control(app, 'PATCH', '/routes/traffic', { route_rules: { v1: 100 } });
    },
  );
});

describe('a provider that sends us elsewhere', () => {
  let stage: Stage;
  let elsewhere: FakeProvider;
  beforeAll(async () => {
    [stage, elsewhere] = await Promise.all([Stage.open(), FakeProvider.start()]);
  });
  afterAll(async () => {
    await Promise.all([stage.close(), elsewhere.stop()]);
  });

  const redirect =
    (status: number): Behaviour =>
    (_request, response) => {
      response.writeHead(status, { location: `${elsewhere.baseUrl}/chat/completions`, refresh: '0' }).end();
    };

  test.each([301, 302, 303, 307, 308])(
    'with %i is not followed: nobody there gets a key, nor a prompt',
    async (status) => {
      const app = await startGateway(stage, 'express', {
        options: { ...controlOptions, retry: { attempts: 1 }, breaker: false },
      });
      stage.provider.always(redirect(status));
      const headers = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' };
      for (const stream of [false, true]) {
        const body = JSON.stringify({ ...CALL, stream });
        const response = await fetch(`${urlOf(app)}/v1/chat/completions`, { method: 'POST', headers, body });
        expect([response.status, response.headers.get('location')]).toEqual([502, null]);
      }
      expect(elsewhere.seen).toEqual([]);
    },
  );

  test('when it is asked for its models is not followed either', async () => {
    let asked = 0;
    const mover = createServer((_request, response) => {
      asked++;
      response.writeHead(302, { location: `${elsewhere.baseUrl}/models` }).end();
    }).listen(0, '127.0.0.1');
    await once(mover, 'listening');
    const baseUrl = `http://127.0.0.1:${(mover.address() as AddressInfo).port}/v1`;
    const environments = {
      blue: { model: 'm', baseUrl, apiKey: 'sk-upstream-blue', weight: 100 },
      green: { model: 'm', baseUrl, apiKey: 'sk-upstream-green' },
    };
    const app = await startGateway(stage, 'express', {
      options: { ...controlOptions, routes: { chat: { environments } } },
    });
    await control(app, 'POST', '/rollouts/chat/preflight', {});
    await control(app, 'POST', '/auth/validate', {});
    expect(asked).toBeGreaterThan(1);
    expect(elsewhere.seen).toEqual([]);
    mover.closeAllConnections();
    mover.close();
  });
});

describe('keys', () => {
  test('are found under a blinded digest, and compared as digests of one length in constant time', async () => {
    const keys = ['a-key-of-the-first-caller', 'another-key-of-somebody-else'].map((key) => ({
      name: key,
      key,
      scopes: [],
      environments: [],
    }));
    const known = new AccessKeys(keys, undefined, new FakeClock());
    for (const key of ['', 'x', keys[0]!.key, `${keys[0]!.key}x`, 'y'.repeat(10_000)]) {
      const caller = await known.callerOf({ headers: { 'x-api-key': key } });
      expect(caller?.name).toBe(key === keys[0]!.key ? key : undefined);
    }
    // There is no other way to compare them: nothing else of a key is kept.
    expect(JSON.stringify(known)).not.toContain(keys[0]!.key);
    const source = readFileSync(new URL('../../lib/http/keys/access-keys.ts', import.meta.url), 'utf8');
    const comparison = source.slice(source.lastIndexOf('#listed('), source.indexOf('async #remembered'));
    expect(comparison).toMatch(
      /#placeOf\(digest\).*timingSafeEqual\(candidate\.digest, .*hash\('sha256', this\.#secret \+ digest, 'hex'\)/s,
    );
    expect(comparison).not.toMatch(/===|\.equals\(|\bbreak\b/);
    expect(hash('sha256', 'x', 'buffer')).toHaveLength(32);
  });
});
