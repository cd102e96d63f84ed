/** How errors of calls inside the app reach the app's own callers: by SDKs with `fetch(alias)`, and over `@Sse()`. */
import Anthropic from '@anthropic-ai/sdk';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import {
  Controller,
  Get,
  NotFoundException,
  Post,
  Sse,
  UseFilters,
  type INestApplication,
  type MessageEvent,
} from '@nestjs/common';
import { generateText } from 'ai';
import { BlueGreenError, BlueGreenExceptionFilter, LlmRouterService } from 'nestjs-blue-green';
import OpenAI from 'openai';
import { catchError, map, of, type Observable } from 'rxjs';
import { cutAfter } from '../lib/testing/behaviours.js';
import { ADAPTERS, blueGreen } from './support/app.js';
import { answer, fail, type SeenRequest } from './support/fake-provider.js';
import { Stage, urlOf } from './support/stage.js';

const messages = [{ role: 'user' as const, content: 'Hi' }];
const model = 'chat';
const down: typeof fetch = async () => new Response('{}', { status: 503 });

@Controller()
@UseFilters(BlueGreenExceptionFilter)
class AppController {
  readonly #openai: OpenAI;
  readonly #anthropic: Anthropic;
  readonly #fetch: typeof fetch;

  constructor(private readonly llm: LlmRouterService) {
    this.#fetch = llm.fetch('chat');
    const settings = { apiKey: 'unused', maxRetries: 0, fetch: this.#fetch };
    this.#openai = new OpenAI({ ...settings, baseURL: 'http://router/v1' });
    this.#anthropic = new Anthropic({ ...settings, baseURL: 'http://router' });
  }

  @Post('openai')
  openai(): Promise<unknown> {
    return this.#openai.chat.completions.create({ model, messages });
  }

  @Post('openai-stream')
  async openaiStream(): Promise<string> {
    let text = '';
    const stream = await this.#openai.chat.completions.create({ model, messages, stream: true });
    for await (const { choices } of stream) text += choices[0]?.delta.content ?? '';
    return text;
  }

  @Post('anthropic')
  anthropic(): Promise<unknown> {
    return this.#anthropic.messages.create({ model, messages, max_tokens: 10 });
  }

  @Post('ai')
  async ai(): Promise<unknown> {
    const provider = createOpenAICompatible({ name: 'router', baseURL: 'http://router/v1', fetch: this.#fetch });
    return (await generateText({ model: provider(model), messages, maxRetries: 0 })).text;
  }

  @Post('ai-retrying')
  async aiRetrying(): Promise<unknown> {
    const provider = createOpenAICompatible({ name: 'router', baseURL: 'http://router/v1', fetch: this.#fetch });
    return (await generateText({ model: provider(model), messages, maxRetries: 1 })).text;
  }

  @Post('ai-model')
  async aiModel(): Promise<unknown> {
    return (await generateText({ model: this.llm.languageModel('chat'), messages, maxRetries: 0 })).text;
  }

  @Post('router')
  async router(): Promise<unknown> {
    return (await this.llm.complete('chat', { messages })).content;
  }

  @Get('missing')
  missing(): never {
    throw new NotFoundException('no such page');
  }

  @Post('foreign')
  foreign(): Promise<unknown> {
    return new OpenAI({ apiKey: 'k', maxRetries: 0, fetch: down }).chat.completions.create({ model, messages });
  }

  @Sse('words')
  words(): Observable<MessageEvent> {
    return this.llm.stream$('chat', { messages }).pipe(
      map(({ text }): MessageEvent => ({ data: { text } })),
      catchError((error: unknown) => {
        if (!(error instanceof BlueGreenError)) throw error;
        return of<MessageEvent>({ type: 'failed', data: { code: error.code } });
      }),
    );
  }
}

describe.each(ADAPTERS)('in an app on %s', (adapter) => {
  let stage: Stage;
  let app: INestApplication;

  beforeAll(async () => {
    stage = await Stage.open();
    const blue = { model: 'gpt-4o', baseUrl: stage.provider.baseUrl, apiKey: 'a-key', weight: 100 };
    const module = blueGreen({
      alias: 'chat',
      environments: { blue },
      retry: { attempts: 2, baseDelay: 1 },
      breaker: false,
    });
    app = await stage.app({ adapter, module, controllers: [AppController] });
  });
  beforeEach(() => stage.provider.reset());
  afterAll(() => stage.close());

  const post = (path: string): Promise<Response> => fetch(`${urlOf(app)}/${path}`, { method: 'POST' });

  describe.each(['router', 'openai', 'openai-stream', 'anthropic', 'ai', 'ai-model'])('a call by %s', (path) => {
    test('tells of a rate limit, and when it ends', async () => {
      stage.provider.always(fail(429, 'rate_limit_exceeded', { 'retry-after': '30' }));
      const response = await post(path);
      expect([response.status, response.headers.get('retry-after')]).toEqual([429, '30']);
      expect(await response.json()).toMatchObject({ statusCode: 429, code: 'upstream_rate_limited' });
    });

    test('tells of an outage', async () => {
      stage.provider.always(fail(500));
      const response = await post(path);
      expect([response.status, response.headers.get('retry-after')]).toEqual([502, null]);
      expect(await response.json()).toMatchObject({
        code: 'upstream_server_error',
        message: expect.stringMatching(/^Route "chat": "blue" failed/),
        remedy: expect.stringContaining('try again later'),
      });
    });

    test('answers', async () => {
      stage.provider.always(answer('Hello'));
      const response = await post(path);
      expect(response.status).toBe(201);
      expect(await response.text()).toContain('Hello');
    });
  });

  test('an error in the middle of a stream has its status, while the app has not answered', async () => {
    stage.provider.always(cutAfter('Hel'));
    const response = await post('openai-stream');
    expect(response.status).toBe(502);
    expect(await response.json()).toMatchObject({ code: 'upstream_network' });
  });

  test('retries of the AI SDK do not hide it', async () => {
    stage.provider.always(fail(429, 'rate_limit_exceeded', { 'retry-after': '0' }));
    expect((await post('ai-retrying')).status).toBe(429);
  });

  test("other errors are the app's", async () => {
    const missing = await fetch(`${urlOf(app)}/missing`);
    expect([missing.status, await missing.json()]).toEqual([404, expect.objectContaining({ message: 'no such page' })]);
    expect((await post('foreign')).status).toBe(500);
  });

  test('@Sse() sends the words of stream$(), and then the error', async () => {
    stage.provider.always(answer('Hello there'));
    const whole = await fetch(`${urlOf(app)}/words`);
    expect(whole.headers.get('content-type')).toMatch(/^text\/event-stream/);
    expect(await whole.text()).toMatch(/data: \{"text":"Hello[^]*data: \{"text":"[^"]*there"\}/);

    stage.provider.always(cutAfter('Hel'));
    expect(await (await fetch(`${urlOf(app)}/words`)).text()).toMatch(
      /data: \{"text":"Hel"\}[^]*event: failed\n[^]*data: \{"code":"upstream_network"\}/,
    );
  });

  test('a browser that leaves @Sse() closes the socket to the provider', async () => {
    const leaving = new AbortController();
    const arrived = new Promise<SeenRequest>((resolve) => stage.provider.always(resolve));
    const request = fetch(`${urlOf(app)}/words`, { signal: leaving.signal }).then((response) => response.text());
    const call = await arrived;
    leaving.abort();
    await expect(request).rejects.toThrow('aborted');
    await call.closed;
  });
});
