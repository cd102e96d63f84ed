import { describe, expect, test } from '@jest/globals';
import { bodyOf, opening, socket, watchdog } from '../../test/support/body-of.js';
import { FakeClock } from '../../test/support/fake-clock.js';
import type { Usage } from '../domain/usage.js';
import { BodyQueue } from './body-queue.js';
import { anthropicMessages } from './dialects/anthropic-messages.js';
import { likelyInput } from './estimate-usage.js';
import { UpstreamStream } from './upstream-stream.js';
import { Watchdog } from './watchdog.js';

const BODY = { model: 'm', messages: [{ role: 'user', content: 'x'.repeat(395) }], stream: true };
/** As Anthropic begins: with the input, and one token of output. */
const start = { type: 'message_start', message: { usage: { input_tokens: 10, output_tokens: 1 } } };
const block = { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } };
const word = { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'word ' } };
const words = Array.from({ length: 500 }, () => word);
const stop = { type: 'content_block_stop', index: 0 };
const counted = (output_tokens: number) => ({ type: 'message_delta', delta: {}, usage: { output_tokens } });
const end = { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 40 } };

/** What a stream of these events is booked with, whole or broken off behind them. */
async function usageOf(...events: readonly object[]): Promise<Usage | undefined> {
  const limits = watchdog();
  const pieces = events.map((event) => Buffer.from(`data: ${JSON.stringify(event)}\n\n`));
  const body = bodyOf(pieces, limits);
  const stream = new UpstreamStream(
    body,
    anthropicMessages.readStream(BODY),
    {
      inputTokens: () => likelyInput(BODY, anthropicMessages),
      hideUsage: false,
      wantsUsage: false,
      asEvents: () => [],
    },
    limits,
    1_000,
  );
  try {
    for await (const batch of stream) expect(batch).not.toHaveLength(0);
  } catch {
    // It broke off.
  }
  return stream.usage;
}

describe('what a stream has used', () => {
  test('is what the provider counted, when it is whole', async () => {
    expect(await usageOf(start, block, ...words, stop, end)).toMatchObject({ inputTokens: 10, outputTokens: 40 });
  });

  test('is a token for each chunk when it broke off, whatever was counted at its start', async () => {
    expect(await usageOf(start, block, ...words)).toMatchObject({ inputTokens: 10, outputTokens: 500 });
  });

  test('is more than that where more was counted by then', async () => {
    expect(await usageOf(start, block, ...words, counted(700))).toMatchObject({ outputTokens: 700 });
  });

  test('is estimated where nothing was counted', async () => {
    expect(await usageOf(block, ...words)).toEqual({ inputTokens: 100, outputTokens: 500, cachedInputTokens: 0 });
  });
});

describe('how long a stream may be silent', () => {
  const FIRST = 30_000;
  const IDLE = 300_000;

  /** A stream whose request has just been sent, and what its provider does. */
  function opened() {
    const clock = new FakeClock();
    const limits = new Watchdog(clock, undefined);
    limits.limit('sign of life', FIRST);
    const body = new BodyQueue(opening, limits);
    const asked = { inputTokens: () => 0, hideUsage: false, wantsUsage: false, asEvents: () => [] };
    const stream = new UpstreamStream(body, anthropicMessages.readStream(BODY), asked, limits, IDLE);
    stream.into({ write: () => true, end: () => {} });
    stream.resume();
    const send = (text: string): void => body.onResponseData(socket().controller, Buffer.from(text));
    return { clock, limits, send };
  }

  test.each([
    ['an event', `data: ${JSON.stringify(start)}\n\n`],
    ['an event without content', 'event: ping\ndata: {"type":"ping"}\n\n'],
    ['a comment', ': still thinking\n\n'],
    ['the beginning of an event', 'data: {"type'],
  ])('%s is a sign of life: from then on the other limit holds', (_what, text) => {
    const { clock, limits, send } = opened();
    clock.advance(FIRST - 1);
    send(text);
    clock.advance(IDLE - 1);
    expect(limits.reason).toBeUndefined();
    send(text);
    clock.advance(IDLE - 1);
    expect(limits.reason).toBeUndefined();
    clock.advance(1);
    expect(limits.reason).toMatchObject({ failure: 'timeout', message: 'no further sign of life within 300000 ms' });
  });

  test('without any, the first limit ends it', () => {
    const { clock, limits } = opened();
    clock.advance(FIRST);
    expect(limits.reason).toMatchObject({ failure: 'timeout', message: 'no sign of life within 30000 ms' });
  });
});
