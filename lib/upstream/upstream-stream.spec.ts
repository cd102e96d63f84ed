import { describe, expect, test } from '@jest/globals';
import { bodyOf, watchdog } from '../../test/support/body-of.js';
import type { Usage } from '../domain/usage.js';
import { anthropicMessages } from './dialects/anthropic-messages.js';
import { likelyInput } from './estimate-usage.js';
import { UpstreamStream } from './upstream-stream.js';

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
    { inputTokens: () => likelyInput(BODY, anthropicMessages), hideUsage: false, asEvents: () => [] },
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
