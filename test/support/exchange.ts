import type { Exchange } from 'nestjs-blue-green';

/** A request of a chat and its answer; `prepared` is also what the caller sent, unless that is given. */
export function exchange(different: Partial<Exchange> = {}): Exchange {
  return {
    requestId: 'r1',
    route: 'chat',
    environment: 'green',
    version: 'v2',
    dialect: 'openai-chat',
    request: different.prepared ?? {},
    prepared: {},
    text: '',
    toolCalls: [],
    calls: [],
    refused: false,
    finishReason: 'stop',
    ...different,
  };
}
