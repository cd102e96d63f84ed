/** What Nest 12.1 has for cookies, cross-site requests and security headers, around our endpoints. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Controller, Cookies, Get, Inject, Res, SignedCookies, UseGuards, type INestApplication } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { LlmRouterService, Route, TrafficSplitGuard } from 'nestjs-blue-green';
import supertest from 'supertest';
import { ADAPTERS, blueGreen } from './support/app.js';
import { blueAndGreen } from './support/environments.js';
import { Stage, urlOf } from './support/stage.js';

const KEY = 'a-key-that-may-do-it-all';
const AUTHORIZED = { authorization: `Bearer ${KEY}` };
const EVIL = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
const SECRET = 'a-secret-that-is-long-enough-to-use';
const chat = { model: 'chat', messages: [{ role: 'user', content: 'Hi' }] };

@Controller()
@UseGuards(TrafficSplitGuard)
class AppController {
  constructor(
    private readonly llm: LlmRouterService,
    @Inject(HttpAdapterHost) private readonly host: HttpAdapterHost,
  ) {}

  @Route('chat')
  @Get('ask')
  async ask(
    @Cookies('theme') theme: string | undefined,
    @SignedCookies('basket') basket: string | undefined,
    @Res({ passthrough: true }) response: unknown,
  ): Promise<object> {
    this.host.httpAdapter.setCookie?.(response, 'theme', 'dark');
    this.host.httpAdapter.setCookie?.(response, 'basket', '42', { signed: true });
    const { content, environment } = await this.llm.complete('chat', { messages: [] });
    return { content, environment, theme, basket };
  }
}

describe.each(ADAPTERS)("Nest's own security, on %s", (adapter) => {
  let stage: Stage;
  let app: INestApplication;

  beforeAll(async () => {
    stage = await Stage.open();
    app = await stage.app({
      adapter,
      module: blueGreen({
        alias: 'chat',
        environments: blueAndGreen(stage.provider, 50),
        stickiness: { cookie: { secret: SECRET } },
        keys: [{ name: 'ada', key: KEY, scopes: ['inference', 'read', 'operate'] }],
        gateway: true,
        controlApi: true,
        dashboard: true,
        healthController: true,
      }),
      controllers: [AppController],
      cookies: { secret: 'a-secret-of-the-app' },
      configure: (configured) => void configured.useSecurityHeaders().enableCsrfProtection(),
    });
  });
  afterAll(() => stage.close());

  const caller = () => supertest(urlOf(app));

  const login = (headers: object) =>
    caller()
      .post('/blue-green/session')
      .set({ 'x-blue-green-page': '1', ...headers })
      .send({ key: KEY });

  test('its headers stand on our answers, whole and streamed', async () => {
    const whole = await caller().post('/v1/chat/completions').set(AUTHORIZED).send(chat).expect(200);
    const stream = await caller()
      .post('/v1/chat/completions')
      .set(AUTHORIZED)
      .send({ ...chat, stream: true })
      .expect(200);
    expect(stream.text).toMatch(/data: \[DONE\]\s*$/);
    for (const { headers } of [whole, stream, await caller().get('/health/live').expect(200)]) {
      expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'x-frame-options': 'SAMEORIGIN' });
      expect(headers).not.toHaveProperty('x-powered-by');
    }
  });

  test('the dashboard keeps the policy that it needs', async () => {
    const { headers } = await caller().get('/blue-green').expect(200);
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(headers['content-security-policy']).not.toContain('upgrade-insecure-requests');
  });

  test('the dashboard is logged in to from its own page, and from no other site', async () => {
    expect(await login({ 'sec-fetch-site': 'same-origin' })).toMatchObject({ status: 200, body: { name: 'ada' } });
    expect(await login(EVIL)).toMatchObject({ status: 403 });
  });

  test('clients without a browser reach us; a cross-site request is told so in the shape of the API that was asked', async () => {
    const policy = { model_alias: 'chat', routing: { weights: { blue: 50, green: 50 } } };
    await caller().patch('/v1/routing/policy').set(AUTHORIZED).send(policy).expect(200);
    const crossed = await caller()
      .post('/v1/chat/completions')
      .set({ ...AUTHORIZED, ...EVIL })
      .send(chat);
    expect(crossed).toMatchObject({
      status: 403,
      body: { error: { message: expect.stringContaining('Cross-origin') } },
    });
    const command = await caller()
      .patch('/v1/routing/policy')
      .set({ ...AUTHORIZED, ...EVIL })
      .send(policy);
    expect(command).toMatchObject({
      status: 403,
      body: { error: { message: expect.stringContaining('Cross-origin') } },
    });
  });

  test('its cookies and ours stand beside each other, and each is read by whom it is of', async () => {
    const first = await caller().get('/ask').expect(200);
    const cookies = (first.headers['set-cookie'] as unknown as string[]).map((cookie) => cookie.split(';')[0]!);
    expect(new Set(cookies.map((cookie) => cookie.split('=')[0]))).toEqual(new Set(['basket', 'bg_sticky', 'theme']));
    for (let call = 0; call < 5; call++) {
      const { body, headers } = await caller().get('/ask').set('cookie', cookies.join('; ')).expect(200);
      expect(body).toEqual({
        content: 'Hello there',
        environment: first.body.environment,
        theme: 'dark',
        basket: '42',
      });
      expect(String(headers['set-cookie'])).not.toContain('bg_sticky=');
    }
  });
});
