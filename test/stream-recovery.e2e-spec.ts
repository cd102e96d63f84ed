import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { INestApplication } from '@nestjs/common';
import { BudgetService, LlmRouterService, RolloutService, Telemetry } from 'nestjs-blue-green';
import { blueGreen, startApp } from './support/app.js';
import { answer, begin, chunk, FakeProvider, fail, type Behaviour } from './support/fake-provider.js';
import { awaited, readAll, silence } from './support/sending.js';

const QUESTION = { messages: [{ role: 'user', content: 'Count.' }] };

/** Sends these words, then cuts the connection. */
const cutAfter =
  (...words: string[]): Behaviour =>
  (request, response) => {
    begin(response);
    for (const word of words) response.write(chunk(String(request.body['model']), word));
    setImmediate(() => response.destroy());
  };

const inToolCall: Behaviour = (_request, response) => {
  begin(response);
  const delta = { tool_calls: [{ index: 0, id: 't', type: 'function', function: { name: 'f', arguments: '{"a"' } }] };
  response.write(`data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason: null }] })}\n\n`);
  setImmediate(() => response.destroy());
};

describe('streamRecovery: continue', () => {
  let blue: FakeProvider;
  let green: FakeProvider;
  let app: INestApplication;
  let llm: LlmRouterService;

  beforeAll(async () => {
    blue = await FakeProvider.start();
    green = await FakeProvider.start();
    app = await startApp({
      module: blueGreen({
        alias: 'chat',
        streamRecovery: 'continue',
        breaker: false,
        prices: { 'green-model': { input: 0, output: 100_000 }, 'blue-model': { input: 0, output: 1_000 } },
        budget: { perMonthUsd: 1_000_000 },
        environments: {
          blue: { model: 'blue-model', baseUrl: blue.baseUrl, apiKey: false, weight: 100 },
          green: { model: 'green-model', baseUrl: green.baseUrl, apiKey: false },
        },
      }),
    });
    llm = app.get(LlmRouterService);
  });

  afterAll(async () => {
    await app.close();
    await Promise.all([blue.stop(), green.stop()]);
  });

  beforeEach(() => {
    blue.reset();
    green.reset();
  });

  const read = async () => {
    const stream = llm.stream('chat', QUESTION, { environment: 'green' });
    let text = '';
    try {
      for await (const part of stream) text += part.text;
    } catch (error) {
      return { text, error };
    }
    return { text, result: await stream.result };
  };

  test('a restarted answer goes on behind what was sent, even in the middle of a piece', async () => {
    green.always(cutAfter('one ', 'two '));
    blue.always(answer({ words: ['one two three', ' four'] }));
    const { text, result } = await read();
    expect(text).toBe('one two three four');
    expect(result).toMatchObject({ environment: 'blue', fallback: true, finishReason: 'stop' });
  });

  test.each([
    ['by its signal', (_: unknown, caller: AbortController) => caller.abort()],
    ['by cancelling the body', (reader: ReadableStreamDefaultReader) => reader.cancel()],
  ])('nobody goes on for a caller that has left meanwhile, %s', async (_how, leave) => {
    const { behaviour, asked } = awaited(silence);
    green.always(cutAfter('one '));
    blue.always(behaviour);
    const caller = new AbortController();
    const fetch = llm.fetch('chat', { environment: 'green' });
    const body = JSON.stringify({ ...QUESTION, stream: true });
    const init = { method: 'POST', body, signal: caller.signal };
    const reader = (await fetch('http://router/v1/chat/completions', init)).body!.getReader();
    await reader.read();
    const { closed } = await asked;
    reader.closed.catch(() => {});
    await leave(reader, caller);
    await closed;
    expect(blue.calls).toHaveLength(1);
  });

  test('a caller that leaves while somebody goes on takes that socket along', async () => {
    const { behaviour, asked } = awaited((_request, response) => {
      begin(response);
      response.write(chunk('blue-model', 'one two '));
    });
    green.always(cutAfter('one '));
    blue.always(behaviour);
    const booked = new Promise((resolve) => app.get(Telemetry).onObservation(resolve));
    const caller = new AbortController();
    const body = JSON.stringify({ ...QUESTION, stream: true });
    const fetch = llm.fetch('chat', { environment: 'green' });
    const answered = await fetch('http://router/v1/chat/completions', { method: 'POST', body, signal: caller.signal });
    const reader = answered.body!.getReader();
    reader.closed.catch(() => {});
    for (let text = ''; !text.includes('two');) text += new TextDecoder().decode((await reader.read()).value);
    caller.abort();
    await (
      await asked
    ).closed;
    expect(await booked).toMatchObject({ callerOutcome: 'client_abort', answeredBy: { environment: 'blue' } });
  });

  test('each piece costs what its own model costs, in the books and in the budget', async () => {
    green.always(cutAfter('one ', 'two '));
    blue.always(answer({ words: ['one two three', ' four'], usage: { outputTokens: 4 } }));
    const before = await app.get(BudgetService).status();
    const { result } = await read();
    // Two chunks that nobody counted at green's price, and four tokens at blue's.
    expect(result!.cost).toBeCloseTo(2 * 0.1 + 4 * 0.001, 9);
    const after = await app.get(BudgetService).status();
    expect(after[0]!.spent - before[0]!.spent).toBeCloseTo(result!.cost!, 9);
    expect(after[0]!.reserved).toBe(0);
  });

  test('the reason to stop is heard, also when it comes with the last of what was sent', async () => {
    green.always(cutAfter('one ', 'two'));
    blue.always((_request, response) => {
      begin(response);
      const choice = { index: 0, delta: { content: 'one two' }, finish_reason: 'stop' };
      response.end(`data: ${JSON.stringify({ choices: [choice] })}\n\ndata: [DONE]\n\n`);
    });
    const heard: unknown[] = [];
    for await (const { raw } of llm.stream('chat', QUESTION, { environment: 'green' })) heard.push(raw);
    expect(heard.at(-1)).toMatchObject({ choices: [{ delta: { content: '' }, finish_reason: 'stop' }] });
  });

  test('of several answers to one request none is continued: nobody knows whose text would be whose', async () => {
    green.always((_request, response) => {
      begin(response);
      for (const index of [0, 1]) {
        const choices = [{ index, delta: { content: `answer ${index}` }, finish_reason: null }];
        response.write(`data: ${JSON.stringify({ choices })}\n\n`);
      }
      setImmediate(() => response.destroy());
    });
    const stream = llm.stream('chat', { ...QUESTION, n: 2 }, { environment: 'green' });
    const { text, error } = await readAll(stream);
    expect(text).toBe('answer 0');
    expect(error).toMatchObject({ code: 'upstream_network' });
    expect(blue.calls).toHaveLength(0);
  });

  test('a restarted answer that turns out differently is an error, and none of it is heard', async () => {
    green.always(cutAfter('one ', 'two '));
    blue.always(answer({ words: ['one ', 'too', ' many'] }));
    const { text, error } = await read();
    expect(text).toBe('one two ');
    expect(error).toMatchObject({ code: 'upstream_network', environment: 'green' });
  });

  test('half a tool call is not continued', async () => {
    green.always(inToolCall);
    const { error } = await read();
    expect(error).toMatchObject({ code: 'upstream_network' });
    expect(blue.calls).toHaveLength(0);
  });

  test('a restart that fails as well is an error', async () => {
    green.always(cutAfter('one '));
    blue.always(fail(500));
    const { error } = await read();
    expect(error).toMatchObject({ code: 'upstream_network' });
  });

  test('the failure is charged to the environment that broke off', async () => {
    green.always(cutAfter('one '));
    blue.always(answer({ words: ['one ', 'two'] }));
    const before = app.get(RolloutService).status('chat').environments['green']!.total.errorCount;
    await read();
    expect(app.get(RolloutService).status('chat').environments['green']!.total.errorCount).toBe(before + 1);
  });
});
