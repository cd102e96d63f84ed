import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { APIError } from 'openai';
import { ADAPTERS } from './support/app.js';
import { begin, chunk, type Behaviour } from './support/fake-provider.js';
import { sdkFor, startGateway } from './support/gateway.js';
import { Stage } from './support/stage.js';

let stage: Stage;
beforeEach(async () => (stage = await Stage.open()));
afterEach(() => stage.close());

/** Sends as fast as it is read, for ever. */
const endless: Behaviour = (_request, response) => {
  begin(response);
  const piece = chunk('m', 'x'.repeat(500));
  const push = (): void => {
    while (!response.destroyed && response.write(piece));
  };
  response.on('drain', push);
  push();
};

describe.each(ADAPTERS)('A stream that is longer than limits.streamBytes, on %s', (adapter) => {
  test('ends with an error that the SDK raises, and the provider is left', async () => {
    const app = await startGateway(stage, adapter, { options: { limits: { streamBytes: 100_000 } } });
    stage.provider.always(endless);
    let text = '';
    const reading = async (): Promise<void> => {
      const messages = [{ role: 'user' as const, content: 'Hi' }];
      const stream = await sdkFor(app).chat.completions.create({ model: 'chat', messages, stream: true });
      for await (const { choices } of stream) text += choices[0]?.delta.content ?? '';
    };
    await expect(reading()).rejects.toBeInstanceOf(APIError);
    expect(text.length).toBeGreaterThan(10_000);
    expect(text.length).toBeLessThanOrEqual(100_000);
    await stage.provider.seen.at(-1)!.closed;
  });
});
