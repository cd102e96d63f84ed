import { Body, Controller, Post, type INestApplication } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { connect } from 'node:net';
import { errorBody } from '../lib/http/openapi/errors.js';
import { anthropicErrorSchema } from '../lib/upstream/dialects/anthropic-messages/errors.js';
import { ADAPTERS } from './support/app.js';
import { controlOptions, OPERATOR } from './support/control.js';
import { startGateway } from './support/gateway.js';
import { Stage, urlOf } from './support/stage.js';

@Controller()
class OwnController {
  @Post('own')
  own(@Body() body: unknown) {
    return { body };
  }

  /** Ends like a path of ours. */
  @Post('shop/v1/auth/validate')
  alike(@Body() body: unknown) {
    return { body };
  }
}

const LARGE = JSON.stringify({ text: 'x'.repeat(2_000_000) });
const PATHS = ['/v1/chat/completions', '/v1/auth/validate', '/v1/rollouts/chat/pause', '/v1/models/versions'];

describe.each(ADAPTERS)('a body that cannot be read, on %s', (adapter) => {
  let stage: Stage;
  let app: INestApplication;

  beforeAll(async () => {
    stage = await Stage.open();
    app = await startGateway(stage, adapter, { options: controlOptions, controllers: [OwnController] });
  });
  afterAll(() => stage.close());

  const send = (path: string, body: string, headers: Record<string, string> = {}) =>
    fetch(urlOf(app) + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${OPERATOR}`, 'content-type': 'application/json', ...headers },
      body,
    });

  describe.each(PATHS)('%s', (path) => {
    test.each<[string, string, Record<string, string>, number, string]>([
      ['broken JSON', '{"secret": "hush', {}, 400, 'invalid_json'],
      ['too large', LARGE, {}, 413, 'body_too_large'],
      ['XML', '<secret/>', { 'content-type': 'text/xml' }, 415, 'unsupported_media_type'],
      ['plain text', 'secret', { 'content-type': 'text/plain' }, 415, 'unsupported_media_type'],
      ['a form', 'secret=1', { 'content-type': 'application/x-www-form-urlencoded' }, 415, 'unsupported_media_type'],
    ])('%s is answered in the one shape, without a word of the body', async (_, body, headers, status, code) => {
      const response = await send(path, body, headers);
      expect(response.status).toBe(status);
      expect(response.headers.get('x-request-id')).not.toBeNull();
      const json = errorBody.parse(await response.json());
      expect(json.error.code).toBe(code);
      expect(json.error.message).not.toMatch(/secret|hush/);
    });
  });

  test("Anthropic's clients get the shape that they know", async () => {
    const response = await send('/v1/messages', '{');
    expect(response.status).toBe(400);
    expect(anthropicErrorSchema.parse(await response.json()).error.code).toBe('invalid_json');
  });

  test.each(['/own', '/shop/v1/auth/validate'])("errors of the app's own %s stay as Nest has them", async (path) => {
    expect((await send(path, '{"a": 1}')).status).toBe(201);
    const broken = await send(path, '{');
    expect([broken.status, await broken.json()]).toMatchObject([400, { statusCode: 400 }]);
    expect((await send(path, LARGE)).status).toBe(413);
  });

  test('a caller who leaves in the middle of the body does no harm', async () => {
    const socket = connect(Number(new URL(urlOf(app)).port), '127.0.0.1');
    await once(socket, 'connect');
    const head = ['POST /v1/auth/validate HTTP/1.1', 'host: x', 'content-type: application/json', 'content-length: 99'];
    socket.write(`${head.join('\r\n')}\r\n\r\n{"dry`);
    socket.destroy();
    await once(socket, 'close');
    expect((await send('/v1/auth/validate', '{"dryRun": true}')).status).toBe(200);
  });
});

const prefixed = (app: INestApplication) => void app.setGlobalPrefix('api');

describe.each(ADAPTERS)('below a prefix of the app, on %s', (adapter) => {
  test('it is the same', async () => {
    const stage = await Stage.open();
    const app = await startGateway(stage, adapter, { options: controlOptions, configure: prefixed });
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${urlOf(app)}/api/v1/routes/traffic`, { method: 'PATCH', headers, body: '{' });
    expect(errorBody.parse(await response.json()).error.code).toBe('invalid_json');
    await stage.close();
  });
});
