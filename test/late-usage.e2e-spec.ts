import { EventEmitter, once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { BudgetService } from 'nestjs-blue-green';
import { ADAPTERS } from './support/app.js';
import { begin, chunk, event, type Behaviour } from './support/fake-provider.js';
import { KEY } from './support/gateway.js';
import { REQUEST, Sending } from './support/sending.js';
import { urlOf } from './support/stage.js';

const FINISH = event({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] });
const USAGE = event({ choices: [], usage: { prompt_tokens: 100, completion_tokens: 10 } });
const DONE = 'data: [DONE]\n\n';
/** Of that usage, at 1 and 2 dollars a million. */
const COST = 0.00012;

/** Reads until the text has this in it, or has ended. */
async function readTo(reader: ReadableStreamDefaultReader<Uint8Array>, mark: string): Promise<string> {
  let text = '';
  while (!text.includes(mark)) {
    const { value, done } = await reader.read();
    if (done) return text;
    text += Buffer.from(value).toString();
  }
  return text;
}

describe.each(ADAPTERS)('a provider that counts later than it answers, on %s', (adapter) => {
  let sending: Sending;
  let provider: EventEmitter;

  beforeEach(async () => {
    const keys = [{ name: 'web', key: KEY }];
    sending = await Sending.start({ adapter, options: { gateway: true, keys, budget: { perMonthUsd: 1 } } });
    provider = new EventEmitter();
    sending.blue.always(answersAndCountsLater);
  });
  afterEach(() => sending.stop());

  const answersAndCountsLater: Behaviour = async (_request, response) => {
    begin(response);
    response.write(chunk('blue-model', 'Hello') + FINISH);
    await once(provider, 'counts');
    response.end(USAGE + DONE);
  };

  async function ask(more: object = {}): Promise<ReadableStreamDefaultReader<Uint8Array>> {
    const response = await fetch(`${urlOf(sending.app)}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${KEY}` },
      body: JSON.stringify({ model: 'chat', stream: true, ...REQUEST, ...more }),
    });
    return response.body!.getReader();
  }

  const booked = () => new Promise<void>((resolve) => sending.telemetry.onObservation(() => resolve()));
  const budget = async () => (await sending.app.get(BudgetService).status())[0]!;

  test('does not hold its caller up, and is billed by its count 4 seconds later', async () => {
    const reader = await ask();
    await readTo(reader, '"finish_reason":"stop"');
    sending.clock.advance(100);
    expect(await readTo(reader, 'never')).toBe(DONE);
    expect(sending.observed).toEqual([]);
    expect((await budget()).reserved).toBeGreaterThan(0);

    sending.clock.advance(3_900);
    const end = booked();
    provider.emit('counts');
    await end;
    const usage = { inputTokens: 100, outputTokens: 10 };
    expect(sending.observed).toMatchObject([{ outcome: 'ok', usage, cost: COST, latency: 100 }]);
    expect(await budget()).toMatchObject({ spent: COST, reserved: 0 });
  });

  test('that never counts is waited for no longer than 5 seconds', async () => {
    const reader = await ask();
    await readTo(reader, '"finish_reason":"stop"');
    sending.clock.advance(100);
    await readTo(reader, 'never');
    const end = booked();
    sending.clock.advance(4_900);
    await end;
    expect(sending.observed).toMatchObject([{ outcome: 'ok', latency: 100 }]);
    expect(await budget()).toMatchObject({ reserved: 0 });
  });

  test('lets a caller wait who asked for the count', async () => {
    const reader = await ask({ stream_options: { include_usage: true } });
    await readTo(reader, '"finish_reason":"stop"');
    sending.clock.advance(4_000);
    provider.emit('counts');
    expect(await readTo(reader, 'never')).toBe(USAGE + DONE);
    expect(sending.observed).toMatchObject([{ outcome: 'ok', cost: COST }]);
  });

  test('ends the loop of code in this process, whose result has the count', async () => {
    const stream = sending.router.stream('chat', REQUEST);
    let text = '';
    for await (const chunked of stream) {
      text += chunked.text;
      if (chunked.text === '') queueMicrotask(() => sending.clock.advance(100));
    }
    expect([text, sending.observed]).toEqual(['Hello', []]);
    provider.emit('counts');
    expect(await stream.result).toMatchObject({ content: 'Hello', usage: { outputTokens: 10 }, cost: COST });
  });
});
