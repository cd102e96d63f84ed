import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { answer, fail, FakeProvider, type Behaviour } from './support/fake-provider.js';
import { enter, GATEWAY_KEY, WAYS, type Entrance } from './support/ways.js';

const MEGABYTE = 1024 * 1024;

/** A photo in a prompt, 10 MB of it. */
const url = `data:image/png;base64,${'A'.repeat(10 * MEGABYTE)}`;
const content = [
  { type: 'text', text: 'What is this?' },
  { type: 'image_url', image_url: { url } },
];
const request = JSON.stringify({ model: 'chat', messages: [{ role: 'user', content }] });

interface Message {
  readonly content: typeof content;
}

let green: FakeProvider;
let blue: FakeProvider;

beforeAll(async () => {
  [green, blue] = await Promise.all([FakeProvider.start(), FakeProvider.start()]);
});

beforeEach(() => {
  green.reset();
  blue.reset();
});

afterAll(() => Promise.all([green.stop(), blue.stop()]));

/** Whether the photo arrived whole, per call. */
const photos = ({ calls }: FakeProvider): boolean[] =>
  calls.map(({ body }) => (body as { messages: Message[] }).messages[0]?.content[1]?.image_url?.url === url);

const hangUp: Behaviour = (_request, response) => void response.socket?.destroy();

describe.each(WAYS)('a prompt of 10 MB through %s', (way) => {
  let entrance: Entrance;

  beforeAll(async () => {
    const environments = {
      green: { model: 'm-green', baseUrl: green.baseUrl, apiKey: 'key', weight: 100 },
      blue: { model: 'm-blue', baseUrl: blue.baseUrl, apiKey: 'key' },
    };
    entrance = await enter(way, { environments, fallback: ['blue'], bodyLimit: 12 * MEGABYTE });
  });

  afterAll(() => entrance.app.close());

  const send = async () => {
    const headers = { authorization: `Bearer ${GATEWAY_KEY}`, 'content-type': 'application/json' };
    const init = { method: 'POST', headers, body: request };
    const response = await entrance.fetch(`${entrance.origin}/v1/chat/completions`, init);
    expect(response.status).toBe(200);
    return response.headers.get('x-deployment-env');
  };
  test('is asked again like any other', async () => {
    green.next(fail(500));
    expect(await send()).toBe('green');
    expect(photos(green)).toEqual([true, true]);
  });

  test('is asked again when the provider hangs up on it', async () => {
    green.next(hangUp);
    expect(await send()).toBe('green');
    expect(photos(green)).toEqual([true, true]);
  });

  test('falls back whole', async () => {
    green.always(fail(503));
    blue.always(answer());
    expect(await send()).toBe('blue');
    expect(photos(blue)).toEqual([true]);
  });
});
