import { EventEmitter, once } from 'node:events';
import { request } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Telemetry, type Observation } from 'nestjs-blue-green';
import { ADAPTERS } from './support/app.js';
import { begin, event } from './support/fake-provider.js';
import { KEY, startGateway } from './support/gateway.js';
import { Stage, urlOf } from './support/stage.js';

/** A request that can be cut off; it does not fail the test when it is. */
const ask = (url: string, stream: boolean, headers: Record<string, string> = {}) => {
  const outgoing = request(`${url}/v1/chat/completions`, {
    method: 'POST',
    agent: false,
    headers: { 'content-type': 'application/json', authorization: `Bearer ${KEY}`, ...headers },
  });
  outgoing.on('error', () => {});
  outgoing.end(JSON.stringify({ model: 'chat', messages: [], stream }));
  return outgoing;
};

describe.each(ADAPTERS)('a caller that leaves the gateway, on %s', (adapter) => {
  let stage: Stage;

  beforeEach(async () => {
    stage = await Stage.open();
  });
  afterEach(() => stage.close());

  test.each([false, true])("takes the upstream's socket along while it waits, stream: %s", async (stream) => {
    const provider = new EventEmitter();
    stage.provider.always(() => void provider.emit('asked'));
    const app = await startGateway(stage, adapter);
    const asked = once(provider, 'asked');
    const outgoing = ask(urlOf(app), stream);
    await asked;
    outgoing.destroy();
    await stage.provider.calls[0]!.closed;
    expect(stage.provider.calls).toHaveLength(1);
  });

  test('in the middle of a stream is not counted against the environment', async () => {
    stage.provider.always((_request, response) => {
      begin(response);
      response.write(event({ choices: [{ index: 0, delta: { content: 'and so on' } }] }));
    });
    const app = await startGateway(stage, adapter);
    const observed = new Promise<Observation>((resolve) => app.get(Telemetry).onObservation(resolve));
    const outgoing = ask(urlOf(app), true);
    const [answer] = (await once(outgoing, 'response')) as [NodeJS.ReadableStream];
    await once(answer, 'data');
    outgoing.destroy();
    expect(await observed).toMatchObject({ outcome: 'client_abort', environment: 'blue' });
    await stage.provider.calls[0]!.closed;
  });

  test('before its environment is decided leaves nothing to be asked', async () => {
    const permission = new EventEmitter();
    const app = await startGateway(stage, adapter, {
      options: {
        mayForce: async () => {
          permission.emit('wanted');
          await once(permission, 'given');
          return true;
        },
      },
    });
    const observed = new Promise<Observation>((resolve) => app.get(Telemetry).onObservation(resolve));
    const [wanted, arrived] = [once(permission, 'wanted'), once(app.getHttpServer() as EventEmitter, 'request')];
    const outgoing = ask(urlOf(app), false, { 'x-deployment-env': 'green' });
    const [, response] = (await arrived) as [unknown, EventEmitter];
    const left = once(response, 'close');
    await wanted;
    outgoing.destroy();
    await left;
    permission.emit('given');
    expect(await observed).toMatchObject({ outcome: 'client_abort' });
    expect(stage.provider.calls).toEqual([]);
  });
});
