import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { UpstreamError } from 'nestjs-blue-green';
import { answer, begin, chunk, event, fail, finish, json, type Behaviour } from './support/fake-provider.js';
import { awaited, cutsAfter, readAll, REQUEST, resets, says, Sending, silence } from './support/sending.js';

let sending: Sending;
beforeAll(async () => (sending = await Sending.start()));
beforeEach(() => sending.reset());
afterAll(() => sending.stop());

const stream = () => sending.router.stream('chat', REQUEST, { environment: 'green' });

describe('a streamed answer', () => {
  test('comes in pieces, and its result says who gave it and what it cost', async () => {
    sending.green.next(answer({ words: ['One', ' two', ' three'] }));
    const answering = stream();
    expect(await readAll(answering)).toEqual({ text: 'One two three' });
    expect(await answering.result).toMatchObject({
      content: 'One two three',
      finishReason: 'stop',
      environment: 'green',
      fallback: false,
      usage: { inputTokens: 100, outputTokens: 10 },
      cost: (100 * 10 + 10 * 20) / 1e6,
      timeToFirstToken: 0,
    });
    expect(sending.observed).toMatchObject([{ outcome: 'ok', usage: { inputTokens: 100 } }]);
  });

  test('that ends without [DONE] but with its reason to stop is whole', async () => {
    sending.green.next((request, response) => {
      begin(response);
      response.end(chunk('m', 'whole') + finish(String(request.body['model'])));
    });
    expect(await readAll(stream())).toEqual({ text: 'whole' });
  });

  test('that falls silent behind its reason to stop is whole', async () => {
    sending.green.next((_request, response) => {
      begin(response);
      response.write(chunk('m', 'whole') + finish('m'));
    });
    const pieces = stream()[Symbol.asyncIterator]();
    expect((await pieces.next()).value).toMatchObject({ text: 'whole' });
    await pieces.next();
    const end = pieces.next();
    await sending.clock.shortestTimer(300_000);
    sending.clock.advance(300_000);
    expect(await end).toEqual({ done: true, value: undefined });
    expect(sending.observed).toMatchObject([{ outcome: 'ok' }]);
  });

  test.each(['text/plain', 'application/json', 'application/x-ndjson'])(
    'is read under the content type %s, too',
    async (type) => {
      sending.green.next((_request, response) => {
        response
          .writeHead(200, { 'content-type': type })
          .end(`\uFEFF${chunk('m', 'whole')}${finish('m')}data: [DONE] \n\n`);
      });
      expect(await readAll(stream())).toEqual({ text: 'whole' });
    },
  );

  test('may come whole: the caller gets it as the stream that was asked for', async () => {
    const call = { id: 'c', type: 'function', function: { name: 'f', arguments: '{"a":1}' } };
    const message = { role: 'assistant', content: 'Yes', reasoning: 'hm', tool_calls: [call] };
    const usage = { prompt_tokens: 7, completion_tokens: 3 };
    const body = { id: 'x', model: 'm', choices: [{ index: 0, message, finish_reason: 'tool_calls' }], usage };
    sending.green.next((_request, response) => json(response, 201, body));
    const answering = stream();
    expect(await readAll(answering)).toEqual({ text: 'Yes' });
    expect(await answering.result).toMatchObject({
      reasoning: 'hm',
      toolCalls: [{ name: 'f', arguments: '{"a":1}' }],
      finishReason: 'tool_calls',
      usage: { inputTokens: 7, outputTokens: 3 },
      environment: 'green',
    });
  });

  test('closed without a reason to stop is truncated, and its mark goes to nobody', async () => {
    sending.green.next((_request, response) => {
      begin(response);
      response.end(`${chunk('m', 'half')}data: [DONE]\n\n`);
    });
    expect(await readAll(stream())).toMatchObject({ text: 'half', error: { failure: 'truncated' } });
  });

  test('is alive with its first event: from there on the limit on silence runs, not the one on the first token', async () => {
    const patient = await Sending.start({ options: { timeouts: { firstToken: '30s', idle: '15s' } } });
    patient.green.next((_request, response) => {
      begin(response);
      response.write(
        event({ id: 'x', model: 'm', choices: [{ index: 0, delta: { role: 'assistant', content: '' } }] }),
      );
    });
    const pieces = patient.router.stream('chat', REQUEST, { environment: 'green' })[Symbol.asyncIterator]();
    const first = pieces.next();
    await patient.clock.shortestTimer(15_000);
    patient.clock.advance(15_000);
    // Nothing has gone out, so the silence is rescued.
    expect(await first).toMatchObject({ value: { raw: { model: 'blue-model' } } });
    expect(patient.calls).toEqual([1, 1, 0]);
    await pieces.return?.(undefined);
    await patient.stop();
  });

  test('goes on behind an event that cannot be read', async () => {
    sending.green.next((_request, response) => {
      begin(response);
      response.end(`${chunk('m', 'a')}data: {"broken\n\n: hello\n\n${chunk('m', 'b')}${finish('m')}data: [DONE]\n\n`);
    });
    expect(await readAll(stream())).toEqual({ text: 'ab' });
  });

  test('is not sent before it is read, and can be read once', async () => {
    const answering = stream();
    expect(sending.calls).toEqual([0, 0, 0]);
    await readAll(answering);
    expect((await readAll(answering)).error).toBeInstanceOf(TypeError);
  });
});

describe('until the first piece is out, a failure is rescued unseen', () => {
  test.each([
    ['an error', fail(500)],
    ['a reset', resets],
    ['a cut before the first token', cutsAfter()],
    ['an error event before the first token', errorEventAfter()],
    ['an error as JSON, in place of a stream', asJson({ error: { message: 'Upstream error.' } })],
    ['a page in place of a stream', asPage],
  ])('%s of green is answered by blue', async (_what, behaviour) => {
    sending.green.always(behaviour);
    const answering = stream();
    expect(await readAll(answering)).toEqual({ text: 'Hello there' });
    expect(await answering.result).toMatchObject({ environment: 'blue', fallback: true });
    expect(sending.observed).toMatchObject([{ environment: 'green', callerOutcome: 'ok' }]);
    expect(sending.observed[0]!.outcome).not.toBe('ok');
  });

  test('a sign of life that does not come is a timeout, and the socket is closed', async () => {
    const { behaviour, asked } = awaited((_request, response) => {
      begin(response);
      response.flushHeaders();
    });
    sending.green.always(behaviour);
    const reading = readAll(stream());
    const seen = await asked;
    sending.clock.advance(30_000);
    expect(await reading).toEqual({ text: 'Hello there' });
    expect(sending.observed).toMatchObject([{ outcome: 'timeout', timeToFirstToken: 30_000 }]);
    await seen.closed;
  });

  test('headers that do not come are the same', async () => {
    const { behaviour, asked } = awaited(silence);
    sending.green.always(behaviour);
    const reading = readAll(stream());
    const seen = await asked;
    sending.clock.advance(30_000);
    expect(await reading).toEqual({ text: 'Hello there' });
    await seen.closed;
  });
});

describe('behind the first piece a failure is never a clean end', () => {
  test('a cut in the middle throws from the loop', async () => {
    sending.green.always(cutsAfter('Half', ' an'));
    expect(await readAll(stream())).toEqual(broken('network'));
    expect(sending.calls).toEqual([0, 1, 0]);
  });

  test('an end without a reason to stop is truncated', async () => {
    sending.green.always((_request, response) => {
      begin(response);
      response.end(chunk('m', 'Half') + chunk('m', ' an'));
    });
    expect(await readAll(stream())).toEqual(broken('truncated'));
  });

  test('an error event of the provider throws from the loop', async () => {
    sending.green.always(errorEventAfter('Half', ' an'));
    expect(await readAll(stream())).toEqual(broken('server_error'));
  });

  test('silence in the middle throws after the limit on it, and closes the socket', async () => {
    const { behaviour, asked } = awaited(says('Half', ' an'));
    sending.green.always(behaviour);
    const pieces = stream()[Symbol.asyncIterator]();
    await pieces.next();
    await pieces.next();
    const next = pieces.next();
    await sending.clock.shortestTimer(300_000);
    sending.clock.advance(300_000);
    await expect(next).rejects.toMatchObject({ failure: 'timeout' });
    await (
      await asked
    ).closed;
  });

  test('the result rejects with what the loop throws, and the environment is charged', async () => {
    sending.green.always(cutsAfter('Half'));
    const answering = stream();
    const { error } = await readAll(answering);
    expect(error).toBeInstanceOf(UpstreamError);
    await expect(answering.result).rejects.toBe(error);
    expect(sending.observed).toMatchObject([{ environment: 'green', outcome: 'network', callerOutcome: 'network' }]);
    expect((error as UpstreamError).attempts).toMatchObject([{ environment: 'green', failure: 'network' }]);
  });

  test('a slow reader is not punished by the limit on silence', async () => {
    sending.green.always(answer({ words: ['a', 'b', 'c'] }));
    const pieces = stream()[Symbol.asyncIterator]();
    let text = '';
    for (let next = await pieces.next(); !next.done; next = await pieces.next()) {
      text += next.value.text;
      sending.clock.advance(60_000);
    }
    expect(text).toBe('abc');
  });
});

function broken(failure: string) {
  return {
    text: 'Half an',
    error: expect.objectContaining({ name: 'UpstreamError', failure, environment: 'green' }),
  };
}

function errorEventAfter(...words: string[]) {
  return (...[_request, response]: Parameters<ReturnType<typeof says>>) => {
    begin(response);
    response.write(words.map((word) => chunk('m', word)).join(''));
    response.end(event({ error: { message: 'overloaded' } }));
  };
}

function asJson(body: unknown): Behaviour {
  return (_request, response) => json(response, 200, body);
}

function asPage(...[, response]: Parameters<Behaviour>): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' }).end('<!doctype html><h1>Sign in</h1>');
}
