import { Body, Controller, HttpCode, Logger, Post, UseGuards } from '@nestjs/common';
import Anthropic from '@anthropic-ai/sdk';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { Assigned, Route, TrafficSplitGuard, type Assignment } from 'nestjs-blue-green';
import supertest from 'supertest';
import { GATEWAYS } from './support/app.js';
import { blueAndGreen } from './support/environments.js';
import { json } from './support/fake-provider.js';
import { KEY, sdkFor, startGateway } from './support/gateway.js';
import { Stage, urlOf } from './support/stage.js';

const messages = [{ role: 'user' as const, content: 'Hi' }];

/** A handler of the app itself: its bodies are not requests of a model. */
@Controller()
@UseGuards(TrafficSplitGuard)
@Route('chat')
class ProfileController {
  @Post('profile')
  @HttpCode(200)
  profile(@Assigned() { reason }: Assignment, @Body() body: object): object {
    return { reason, body };
  }
}

describe.each(GATEWAYS)('what clients send of their own, on %s,', (adapter) => {
  let stage: Stage;

  beforeEach(async () => {
    stage = await Stage.open();
  });
  afterEach(() => stage.close());

  const start = (stickiness = {}) =>
    startGateway(stage, adapter, {
      options: { routes: { chat: { environments: blueAndGreen(stage.provider, 50), stickiness } } },
      controllers: [ProfileController],
    });

  /** The environments that answered 16 calls, as a provider sees them by their models. */
  const places = async (call: (n: number) => Promise<unknown>) => {
    const before = stage.provider.calls.length;
    for (let n = 0; n < 16; n++) await call(n);
    return new Set(stage.provider.calls.slice(before).map(({ body }) => body['model'])).size;
  };

  test.each([
    ['user', (user: string) => ({ user })],
    ['safety_identifier', (user: string) => ({ safety_identifier: user })],
    ['metadata.user_id', (user: string) => ({ metadata: { user_id: user } })],
  ])('%s of a body keeps a user in one place, and users are in both', async (_field, naming) => {
    const openai = sdkFor(await start());
    const ask = (user: string) => openai.chat.completions.create({ model: 'chat', messages, ...naming(user) });
    expect(await places(() => ask('ada'))).toBe(1);
    expect(await places((n) => ask(`user-${n}`))).toBe(2);
  });

  test("Anthropic's metadata.user_id does, and counts of tokens go to the same place", async () => {
    const anthropic = new Anthropic({ apiKey: KEY, baseURL: urlOf(await start()) });
    const content = [{ type: 'text', text: 'Hi' }];
    const answer = { type: 'message', role: 'assistant', content, stop_reason: 'end_turn', usage: {}, input_tokens: 1 };
    stage.provider.always((_request, response) => json(response, 200, answer));
    const metadata = { user_id: 'user_1_account__session_2' };
    const body = { model: 'chat', messages, metadata };
    const ask = (n: number) =>
      n % 2 === 0
        ? anthropic.messages.create({ ...body, max_tokens: 9 })
        : anthropic.post('/v1/messages/count_tokens', { body });
    expect(await places(ask)).toBe(1);
  });

  test.each(['x-claude-code-session-id', 'session-id', 'thread-id', 'x-conversation-id'])(
    'the header %s keeps a session in one place, whatever its bodies say',
    async (name) => {
      const openai = sdkFor(await start());
      const ask = (n: number, session: string) =>
        openai.chat.completions.create(
          { model: 'chat', messages, user: `user-${n}` },
          { headers: { [name]: session } },
        );
      expect(await places((n) => ask(n, 'one'))).toBe(1);
      expect(await places((n) => ask(0, `session-${n}`))).toBe(2);
    },
  );

  test('prompt_cache_key counts only where it is listed', async () => {
    for (const [stickiness, expected] of [
      [{}, 2],
      [{ bodyKeys: ['prompt_cache_key'] }, 1],
    ] as const) {
      const openai = sdkFor(await start(stickiness));
      const ask = () =>
        openai.chat.completions.create({ model: 'chat', messages, prompt_cache_key: 'one for the app' });
      expect(await places(ask)).toBe(expected);
    }
  });

  test('a body of the app’s own handler is not read', async () => {
    const profile = supertest(urlOf(await start())).post('/profile');
    const { body } = await profile.send({ user: 'ada' }).expect(200);
    expect(body).toEqual({ reason: 'weighted', body: { user: 'ada' } });
  });

  test('a key that most requests carry is told of once', async () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => {});
    try {
      const openai = sdkFor(await start());
      for (let n = 0; n < 520; n += 40) {
        const calls = Array.from({ length: 40 }, () =>
          openai.chat.completions.create({ model: 'chat', messages, user: 'everybody' }),
        );
        await Promise.all(calls);
      }
      const told = warn.mock.calls.map(([text]) => String(text)).filter((text) => text.includes('sticky key'));
      expect(told).toEqual([expect.stringContaining('in the field user')]);
      expect(told[0]).not.toContain('everybody');
    } finally {
      warn.mockRestore();
    }
  });
});
