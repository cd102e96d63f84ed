import { AsyncLocalStorage } from 'node:async_hooks';
import type { INestApplication } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Telemetry } from 'nestjs-blue-green';
import { ADAPTERS } from './support/app.js';
import { begin, chunk, finish } from './support/fake-provider.js';
import { KEY, startGateway } from './support/gateway.js';
import { Stage, urlOf } from './support/stage.js';

const callers = new AsyncLocalStorage<string>();

/** As apps do to know in their log whose request it is. */
function knowCallers(app: INestApplication): void {
  app.use((request: { headers: Record<string, string> }, _response: unknown, next: () => void) =>
    callers.run(request.headers['x-request-id'] ?? 'nobody', next),
  );
}

async function ask(app: INestApplication, id: string): Promise<Response> {
  const headers = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json', 'x-request-id': id };
  const body = JSON.stringify({ model: 'chat', messages: [], stream: true });
  return fetch(`${urlOf(app)}/v1/chat/completions`, { method: 'POST', headers, body });
}

describe.each(ADAPTERS)('on %s', (adapter) => {
  let stage: Stage;

  beforeEach(async () => {
    stage = await Stage.open();
  });
  afterEach(() => stage.close());

  test('a stream is observed as a part of its own request, however old the socket that it comes from', async () => {
    const app = await startGateway(stage, adapter, { configure: knowCallers });
    let goOn: (() => void) | undefined;
    stage.provider.always((_request, response) => {
      begin(response);
      response.write(chunk('m', 'Hel') + chunk('m', 'lo ') + chunk('m', 'the'));
      goOn = () => response.end(`${chunk('m', 're')}${finish('m')}data: [DONE]\n\n`);
    });
    const seen: unknown[] = [];
    app.get(Telemetry).onObservation(({ requestId }) => seen.push([requestId, callers.getStore()]));
    const ids = ['first', 'second', 'third'];
    for (const id of ids) {
      const answer = await ask(app, id);
      goOn?.();
      expect(await answer.text()).toContain('[DONE]');
    }
    expect(seen).toEqual(ids.map((id) => [id, id]));
  });
});
