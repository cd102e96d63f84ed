import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { FakeClock } from '../../test/support/fake-clock.js';
import type { Alert } from './alert.js';
import { signature, Webhook } from './webhook.js';

const SECRET = Buffer.from('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'base64');
const alert = (n = 1): Alert => ({
  id: `rollback:${n}`,
  type: 'rollback',
  severity: 'critical',
  at: Date.UTC(2026, 0, 1),
  route: 'chat',
  message: 'rolled back',
});

type Seen = Pick<IncomingMessage, 'headers'> & { readonly body: string };

let server: Server;
let seen: Seen[];
let answer: (response: ServerResponse) => void;
let arrived: (() => void)[];
const error = jest.spyOn(Logger.prototype, 'error').mockReturnValue();

beforeEach(async () => {
  [seen, arrived] = [[], []];
  error.mockClear();
  answer = (response) => response.writeHead(204).end();
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      seen.push({ headers: request.headers, body });
      answer(response);
      for (const wake of arrived.splice(0)) wake();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const until = async (count: number): Promise<void> => {
  while (seen.length < count) await new Promise<void>((resolve) => arrived.push(resolve));
};

function webhook(clock = new FakeClock(), types?: Alert['type'][]): Webhook {
  const { port } = server.address() as AddressInfo;
  const options = { url: `http://127.0.0.1:${port}/hook/secret-path`, secret: SECRET, types, timeout: 5_000 };
  return new Webhook(options, { clock, random: () => 0.5 });
}

describe('a webhook', () => {
  test('is signed as the example of Standard Webhooks is', () => {
    const body = '{"test": 2432232314}';
    expect(signature(SECRET, 'msg_p5jXN8AQM9LWM0D4loKWxJek', 1_614_265_330, body)).toBe(
      'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    );
  });

  test('has the alert, its id and a signature over what was sent', async () => {
    const hook = webhook();
    hook.send(alert());
    await until(1);
    const [{ headers, body }] = seen as [Seen];
    expect(JSON.parse(body)).toEqual({ type: 'rollback', timestamp: '2026-01-01T00:00:00.000Z', data: alert() });
    const timestamp = Number(headers['webhook-timestamp']);
    expect(headers['webhook-id']).toBe('rollback:1');
    expect(headers['webhook-signature']).toBe(signature(SECRET, 'rollback:1', timestamp, body));
    await hook.finish();
  });

  test('is sent again, with the same id, until it is taken', async () => {
    const clock = new FakeClock();
    const hook = webhook(clock);
    answer = (response) => response.writeHead(seen.length < 3 ? 503 : 200).end();
    hook.send(alert());
    for (let n = 1; n < 3; n++) {
      await until(n);
      clock.advance(await clock.shortestTimer(60_000));
    }
    await until(3);
    await hook.finish();
    expect(new Set(seen.map(({ headers }) => headers['webhook-id']))).toEqual(new Set(['rollback:1']));
    expect(error).not.toHaveBeenCalled();
  });

  test('waits as long as it is asked to', async () => {
    const clock = new FakeClock();
    const hook = webhook(clock);
    answer = (response) => response.writeHead(seen.length < 2 ? 429 : 200, { 'retry-after': '120' }).end();
    hook.send(alert());
    await until(1);
    expect(await clock.shortestTimer(200_000)).toBe(120_000);
    clock.advance(120_000);
    await until(2);
    await hook.finish();
  });

  test('is not sent again when it is refused for good, nor to where it is redirected: the log has its host alone', async () => {
    const hook = webhook();
    for (const status of [400, 410, 302]) {
      answer = (response) => response.writeHead(status, { location: 'http://127.0.0.1:9/' }).end();
      hook.send(alert(status));
      await until(seen.length + 1);
    }
    await hook.finish();
    expect(seen).toHaveLength(3);
    expect(error.mock.calls).toHaveLength(3);
    expect(JSON.stringify(error.mock.calls)).not.toContain('secret-path');
  });

  test('gets the types that it asked for', async () => {
    const hook = webhook(undefined, ['spend']);
    hook.send(alert());
    hook.send({ ...alert(2), type: 'spend' });
    await until(1);
    await hook.finish();
    expect(seen.map(({ headers }) => headers['webhook-id'])).toEqual(['rollback:2']);
  });

  test('keeps the newest thousand while nobody takes them', async () => {
    const hook = webhook();
    answer = () => {};
    for (let n = 0; n < 1_010; n++) hook.send(alert(n));
    await until(1);
    expect(error.mock.calls).toHaveLength(9);
    hook.stop();
    await hook.finish();
  });
});
