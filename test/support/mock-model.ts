import { LLMock } from '@copilotkit/aimock';

/** A third party's mock of every API: what it takes and answers was not written by us. */
export async function startMockModel(): Promise<LLMock> {
  const mock = new LLMock({ port: 0, chunkSize: 4 });
  mock.on({ userMessage: 'weather', hasToolResult: false }, { toolCalls: [WEATHER_CALL] });
  mock.on({ userMessage: 'weather', hasToolResult: true }, { content: 'Rain in Ulm.' });
  mock.on({ userMessage: 'structured' }, { content: '{"city":"Ulm","degrees":7}' });
  mock.on({ userMessage: 'hello' }, { content: HELLO, usage: USAGE });
  mock.onEmbedding('hello', { embedding: [0.25, -0.5, 1] });
  await mock.start();
  return mock;
}

const WEATHER_CALL = { id: 'call_1', name: 'weather', arguments: '{"city":"Ulm"}' };

/** In the words of every format. */
const USAGE = { prompt_tokens: 3, completion_tokens: 6, total_tokens: 9, input_tokens: 3, output_tokens: 6 };

/** What the mock says to a hello. */
export const HELLO = 'Hello there, how are you?';
