import { LLMock } from '@copilotkit/aimock';

/** A third party's mock of every API: what it takes and answers was not written by us. */
export async function startMockModel(): Promise<LLMock> {
  const mock = new LLMock({ port: 0, chunkSize: 4 });
  mock.on({ userMessage: 'weather', hasToolResult: false }, { toolCalls: [WEATHER_CALL] });
  mock.on({ userMessage: 'weather', hasToolResult: true }, { content: 'Rain in Ulm.' });
  mock.on({ userMessage: 'structured' }, { content: '{"city":"Ulm","degrees":7}' });
  mock.on({ userMessage: 'hello' }, { content: 'Hello there, how are you?' });
  mock.onEmbedding('hello', { embedding: [0.25, -0.5, 1] });
  await mock.start();
  return mock;
}

const WEATHER_CALL = { id: 'call_1', name: 'weather', arguments: '{"city":"Ulm"}' };

/** What the mock says to a hello. */
export const HELLO = 'Hello there, how are you?';
