import { afterEach, describe, expect, test } from '@jest/globals';
import { ShadowService, type BlueGreenOptions } from 'nestjs-blue-green';
import { firstValueFrom } from 'rxjs';
import { environment, readAll, REQUEST, Sending } from './support/sending.js';
import { FakeProvider } from './support/fake-provider.js';

const TOOLS = { ...REQUEST, tools: [{ type: 'function', function: { name: 'parcel' } }] };
const GREEN = { environment: 'green' };

type Environments = Extract<BlueGreenOptions, { environments: unknown }>['environments'];
type Capabilities = Environments[string]['capabilities'];

let sending: Sending | undefined;
const providers: FakeProvider[] = [];

afterEach(async () => {
  await sending?.stop();
  await Promise.all(providers.splice(0).map((provider) => provider.stop()));
});

/** A blue and a green of these abilities; nobody else. */
async function start(
  blue: Capabilities,
  green: Capabilities,
  options: Partial<BlueGreenOptions> = {},
): Promise<[FakeProvider, FakeProvider]> {
  const [first, second] = await Promise.all([FakeProvider.start(), FakeProvider.start()]);
  providers.push(first, second);
  const environments: Environments = {
    blue: { ...environment(first, 'blue-model', 100), capabilities: blue },
    green: { ...environment(second, 'green-model', 0), capabilities: green },
  };
  sending = await Sending.start({ options: { environments, ...options } });
  return [first, second];
}

describe('What a model is declared not to do', () => {
  test('a stream is asked of the next environment, without a call to the first', async () => {
    const [blue, green] = await start({}, { supportsStreaming: false });
    const stream = sending!.router.stream('chat', REQUEST, GREEN);
    expect((await readAll(stream)).text).toBe('Hello there');
    expect([blue.calls.length, green.calls.length]).toEqual([1, 0]);
    expect(sending!.observed[0]).toMatchObject({ environment: 'green', outcome: 'unsupported', callerOutcome: 'ok' });
  });

  test('a request with tools is asked of the next environment, without a call to the first', async () => {
    const [blue, green] = await start({}, { supportsTools: false });
    const { environment: answeredBy, attempts } = await sending!.router.complete('chat', TOOLS, GREEN);
    expect(answeredBy).toBe('blue');
    expect(attempts).toMatchObject([{ environment: 'green', failure: 'unsupported' }, { environment: 'blue' }]);
    expect([blue.calls.length, green.calls.length]).toEqual([1, 0]);
  });

  test('other requests are answered as ever', async () => {
    await start({}, { supportsStreaming: false, supportsTools: false });
    expect(await sending!.router.complete('chat', REQUEST, GREEN)).toMatchObject({ environment: 'green' });
  });

  test('is said of everybody when nobody can', async () => {
    const [blue, green] = await start({ supportsTools: false }, { supportsStreaming: false });
    const { error } = await readAll(sending!.router.stream('chat', TOOLS, GREEN));
    expect(error).toMatchObject({
      code: 'upstream_unsupported',
      status: 501,
      message:
        'Route "chat": "green" was not asked: the request asks for a stream, and its version declares ' +
        '"supportsStreaming": false; nor was "blue": the request offers tools, and its version declares ' +
        '"supportsTools": false.',
      remedy: expect.stringContaining('capabilities'),
    });
    expect([blue.calls.length, green.calls.length]).toEqual([0, 0]);
  });

  test('is not asked of it by a mirror either', async () => {
    const shadow = { percentage: 100, maxEventLoopDelay: '1h' };
    const [, green] = await start({}, { supportsTools: false }, { shadow });
    const pair = firstValueFrom(sending!.app.get(ShadowService).pairs$);
    await sending!.router.complete('chat', TOOLS, { environment: 'blue' });
    expect(await pair).toMatchObject({ shadow: { environment: 'green', outcome: 'unsupported' } });
    expect(green.calls).toHaveLength(0);
  });
});
