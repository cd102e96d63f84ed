import type { INestApplication } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { AlertService, type Alert } from 'nestjs-blue-green';
import { ADAPTERS } from './support/app.js';
import { FakeClock } from './support/fake-clock.js';
import { startGateway } from './support/gateway.js';
import { Stage, urlOf } from './support/stage.js';

const KEYS = {
  operator: { name: 'pipeline', key: 'gateway-key-of-a-pipeline', scopes: ['read', 'operate'] },
  reader: { name: 'reader', key: 'gateway-key-of-a-reader', scopes: ['read'] },
} as const;

describe.each(ADAPTERS)('Notes and alerts of others, on %s', (adapter) => {
  let stage: Stage;
  let app: INestApplication;

  beforeEach(async () => {
    stage = await Stage.open();
    const keys = Object.values(KEYS).map((key) => ({ ...key, scopes: [...key.scopes] }));
    app = await startGateway(stage, adapter, { clock: new FakeClock(), options: { controlApi: true, keys } });
    stage.provider.models = ['model-blue', 'model-green'];
  });
  afterEach(() => stage.close());

  const ask = async (method: string, path: string, body?: unknown, key: string = KEYS.operator.key) => {
    const response = await fetch(`${urlOf(app)}/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') === true;
    return { status: response.status, headers: response.headers, text, json: isJson ? JSON.parse(text) : undefined };
  };
  const notes = async (query = '') => {
    const { json } = await ask('GET', `/audit${query}`);
    return json.data.filter(({ type }: { type: string }) => type === 'NoteAdded');
  };

  test('a note is in the audit trail with the name of its key, and changes nothing', async () => {
    const before = (await ask('GET', '/rollouts/chat')).json;
    const note = { message: 'Deployed 4f1c2d', kind: 'deploy', metadata: { pipelineRun: 812 } };
    const { status, json } = await ask('POST', '/audit', note);
    expect([status, json]).toMatchObject([
      201,
      { object: 'note', actor: 'pipeline', message: note.message, route: null },
    ]);
    expect(await notes()).toEqual([
      {
        revision: json.revision,
        at: expect.any(Number),
        type: 'NoteAdded',
        actor: 'pipeline',
        reason: note.message,
        evidence: [],
        kind: 'deploy',
        metadata: { pipelineRun: 812 },
      },
    ]);
    const after = (await ask('GET', '/rollouts/chat')).json;
    expect([after.weights, after.active]).toEqual([before.weights, before.active]);
  });

  test('a note of a route is with that route, and one of none with each', async () => {
    await ask('POST', '/audit', { text: 'about chat', route: 'chat' });
    await ask('POST', '/audit', { text: 'about all' });
    const reasons = (await notes('?route=chat')).map(({ reason }: { reason: string }) => reason);
    expect(reasons).toEqual(['about chat', 'about all']);
  });

  test('a note made while a rollout runs is in its report', async () => {
    await ask('POST', '/audit', { message: 'before it began' });
    const schedule = { preflight: false, steps: [{ setWeight: 5, duration: '1h' }] };
    expect((await ask('POST', '/rollouts/chat/start', { schedule })).status).toBe(200);
    await ask('POST', '/audit', { message: 'cache was warmed' });
    expect((await ask('POST', '/rollouts/chat/rollback', {})).status).toBe(200);
    await ask('POST', '/audit', { message: 'after its end' });
    const { text } = await ask('GET', '/rollouts/chat/report?format=md');
    expect(text).toMatch(/Note.*cache was warmed/);
    expect(text).toMatch(/A person rolled it back: ask pipeline/);
    expect(text).not.toMatch(/before it began|after its end/);
  });

  test('an alert goes where all alerts go', async () => {
    const heard: Alert[] = [];
    app.get(AlertService).alerts$.subscribe((alert) => heard.push(alert));
    const body = { message: 'Off topic', type: 'tickets', severity: 'critical', route: 'chat', metadata: { ids: [7] } };
    const { status, json } = await ask('POST', '/alerts', body);
    expect([status, json]).toMatchObject([201, { type: 'custom', severity: 'critical', actor: 'pipeline' }]);
    const listed = (await ask('GET', '/alerts?type=custom&route=chat')).json.data;
    expect(listed).toEqual([json]);
    expect(json).toMatchObject({ message: 'Route "chat": tickets: Off topic (by pipeline)', metadata: { ids: [7] } });
    expect(heard).toEqual([json]);
  });

  test.each<[string, string, unknown, number, RegExp]>([
    ['a note without a text', '/audit', { kind: 'deploy' }, 422, /message needs either message or text/],
    ['a note with two', '/audit', { message: 'a', text: 'b' }, 422, /needs either message or text/],
    ['a note of blanks', '/audit', { message: '  ' }, 422, /message is empty/],
    ['a note that is too long', '/audit', { message: 'x'.repeat(1_001) }, 422, /at most 1000/],
    ['too much metadata', '/audit', { message: 'x', metadata: { a: 'x'.repeat(5_000) } }, 422, /longer than 4096/],
    ['a route that nobody has', '/audit', { message: 'x', route: 'none' }, 404, /no route "none"/],
    ['a severity that nobody knows', '/alerts', { message: 'x', severity: 'fatal' }, 422, /warning/],
    ['an alert of a route that nobody has', '/alerts', { message: 'x', route: 'none' }, 404, /no route "none"/],
  ])('%s is refused', async (_, path, body, status, message) => {
    const { status: found, text } = await ask('POST', path, body);
    expect([found, JSON.parse(text).error.message]).toEqual([status, expect.stringMatching(message)]);
    expect(await notes()).toEqual([]);
  });

  test.each([
    ['/audit', 60],
    ['/alerts', 20],
  ])('a key may post %s %d times a minute, and only one that operates', async (path, limit) => {
    expect((await ask('POST', path, { message: 'x' }, KEYS.reader.key)).status).toBe(403);
    for (let n = 0; n < limit; n++) expect((await ask('POST', path, { message: `${n}` })).status).toBe(201);
    const late = await ask('POST', path, { message: 'late' });
    expect([late.status, Number(late.headers.get('retry-after')) > 0]).toEqual([429, true]);
  });
});
