import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import OpenAI from 'openai';
import { RolloutService } from 'nestjs-blue-green';
import supertest from 'supertest';
import { GATEWAYS } from './support/app.js';
import { blueAndGreen } from './support/environments.js';
import { begin, json, type Behaviour } from './support/fake-provider.js';
import { KEY, sdkFor, startGateway } from './support/gateway.js';
import { Stage, urlOf } from './support/stage.js';

const keyOf = (headers: Record<string, unknown>) => String(headers['authorization']).replace('Bearer sk-upstream-', '');

/** Two organizations at one address: each knows only the responses that it made. */
function organizations(): Behaviour {
  const made = new Map<string, { owner: string; status: string }>();
  return ({ method, path, headers, body }, response) => {
    const owner = keyOf(headers);
    const whole = (id: string, status: string) => ({
      id,
      object: 'response',
      status,
      model: `model-${owner}`,
      output: [],
    });
    const [, id, action] = /\/responses\/([^/?]+)(\/cancel)?/.exec(path) ?? [];
    if (id === undefined) {
      const fresh = `resp_${owner}_${made.size}`;
      made.set(fresh, { owner, status: 'queued' });
      if (body['stream'] !== true) return json(response, 200, whole(fresh, 'queued'));
      begin(response);
      const event = (type: string, status: string) =>
        `event: ${type}\ndata: ${JSON.stringify({ type, response: whole(fresh, status) })}\n\n`;
      response.end(event('response.created', 'in_progress') + event('response.completed', 'completed'));
      return;
    }
    const known = made.get(id);
    if (known?.owner !== owner) {
      const error = { message: `Response with id '${id}' not found.`, type: 'invalid_request_error', code: null };
      return json(response, 404, { error });
    }
    if (action && method === 'POST') known.status = 'cancelled';
    json(response, 200, whole(id, known.status), { 'openai-organization': 'org-secret', 'request-id': 'req_1' });
  };
}

/** The id as its maker gave it, without the gateway's stamp. */
function own(id: string): string {
  return id.slice(id.lastIndexOf('.') + 1);
}

describe.each(GATEWAYS)('responses that a provider keeps, on %s,', (adapter) => {
  let stage: Stage;
  let openai: OpenAI;
  let url: string;
  let shift: (green: number) => Promise<unknown>;

  beforeEach(async () => {
    stage = await Stage.open();
    stage.provider.always(organizations());
    const environments = blueAndGreen(stage.provider, 50);
    const app = await startGateway(stage, adapter, { options: { routes: { chat: { environments } } } });
    url = urlOf(app);
    openai = sdkFor(app, { maxRetries: 0 });
    shift = (green) => app.get(RolloutService).setTrafficWeights('chat', { blue: 100 - green, green });
  });
  afterEach(() => stage.close());

  test('are shown and cancelled by the environment that made them, wherever the weights are', async () => {
    const made = [];
    for (const green of [0, 100]) {
      await shift(green);
      made.push(await openai.responses.create({ model: 'chat', input: 'Hi', background: true }));
    }
    expect(made.map(({ id }) => own(id))).toEqual(['resp_blue_0', 'resp_green_1']);
    for (const green of [0, 100]) {
      await shift(green);
      for (const { id } of made) expect(await openai.responses.retrieve(id)).toMatchObject({ id, status: 'queued' });
    }
    for (const { id } of made) {
      expect(await openai.responses.cancel(id)).toMatchObject({ id, status: 'cancelled' });
      expect(await openai.responses.retrieve(id)).toMatchObject({ id, status: 'cancelled' });
    }
  });

  test('that were streamed are known as well', async () => {
    await shift(100);
    const ids = [];
    for await (const event of await openai.responses.create({ model: 'chat', input: 'Hi', stream: true })) {
      if (event.type === 'response.created') ids.push(event.response.id);
    }
    await shift(0);
    expect(await openai.responses.retrieve(ids[0]!)).toMatchObject({ id: ids[0] });
  });

  test('are answered under the name that was asked for, and say where they come from', async () => {
    await shift(100);
    const { id } = await openai.responses.create({ model: 'chat', input: 'Hi', background: true });
    const { data, response } = await openai.responses
      .retrieve(id, { include: ['file_search_call.results'] })
      .withResponse();
    expect(data.model).toBe('chat');
    expect(response.headers.get('x-environment')).toBe('green');
    expect(response.headers.get('request-id')).toBe('req_1');
    expect(response.headers.has('openai-organization')).toBe(false);
    const asked = decodeURIComponent(stage.provider.seen.at(-1)!.path);
    expect(asked).toBe(`/v1/responses/${own(id)}?include[]=file_search_call.results`);
  });

  test('that nobody here made are not found, and no provider is asked', async () => {
    await expect(openai.responses.retrieve('resp_of_somebody')).rejects.toMatchObject({
      status: 404,
      code: 'response_not_found',
    });
    await expect(openai.responses.cancel('resp_of_somebody')).rejects.toMatchObject({ status: 404 });
    expect(stage.provider.seen.filter(({ path }) => path.includes('resp_'))).toEqual([]);
  });

  test('are not asked for with a path in place of an id', async () => {
    for (const id of ['..%2f..%2ffiles', '%2e%2e', 'a%20b']) {
      const { status } = await supertest(url).get(`/v1/responses/${id}`).set('authorization', `Bearer ${KEY}`);
      expect(status).toBe(404);
    }
    expect(stage.provider.seen.filter(({ path }) => !path.endsWith('/models'))).toEqual([]);
  });

  test('need a key, and are not streamed again', async () => {
    await supertest(url).get('/v1/responses/resp_1').expect(401);
    await supertest(url).post('/v1/responses/resp_1/cancel').expect(401);
    await expect(openai.responses.retrieve('resp_1', { stream: true })).rejects.toMatchObject({ status: 400 });
  });

  test('are cancelled by clients that call an empty body JSON', async () => {
    const { id } = await openai.responses.create({ model: 'chat', input: 'Hi', background: true });
    const { status, body } = await supertest(url)
      .post(`/v1/responses/${id}/cancel`)
      .set('authorization', `Bearer ${KEY}`)
      .set('content-type', 'application/json');
    expect([status, (body as { status?: string }).status]).toEqual([200, 'cancelled']);
  });

  test('tell of a bad key of ours as a failure of the provider', async () => {
    const { id } = await openai.responses.create({ model: 'chat', input: 'Hi', background: true });
    stage.provider.always((_request, response) =>
      json(response, 401, { error: { message: 'Incorrect API key: sk-upstream-blue sk-upstream-green' } }),
    );
    const failed = openai.responses.retrieve(id);
    await expect(failed).rejects.toMatchObject({ status: 502, code: 'upstream_auth' });
    await expect(failed).rejects.not.toThrow('sk-upstream');
  });

  test('of an app with one upstream are asked of it, whoever made them', async () => {
    await shift(0);
    const { id } = await openai.responses.create({ model: 'chat', input: 'Hi' });
    const blue = { ...blueAndGreen(stage.provider).blue, weight: 100 };
    const options = { routes: { chat: { environments: { blue } } }, keys: [{ name: 'web', key: KEY }] };
    const restarted = sdkFor(await startGateway(stage, adapter, { options }), { maxRetries: 0 });
    expect(await restarted.responses.retrieve(id)).toMatchObject({ id });
    await expect(restarted.responses.retrieve('resp_of_somebody')).rejects.toMatchObject({ status: 404, code: null });
  });
});
