import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { routeRows, sessionAnswer, timelinesAnswer } from '../lib/dashboard/answers.js';
import { alertList } from '../lib/http/control/answers/kept.js';
import { auditPage } from '../lib/http/control/answers/records.js';
import { shadowAnswer } from '../lib/http/control/answers/shadow.js';
import { statusList } from '../lib/http/control/answers/status.js';
import { ADAPTERS } from './support/app.js';
import { DashboardApp, OPERATOR, READER } from './support/dashboard.js';
import { RedisServer } from './support/redis.js';

const SECRET = 'thirty-two characters and then some';
const PAGE = { 'x-blue-green-page': '1', 'content-type': 'application/json' };

const status = async (request: Promise<Response>): Promise<number> => (await request).status;

describe.each(ADAPTERS)('the dashboard over %s', (adapter) => {
  let app: DashboardApp;
  beforeEach(async () => {
    app = await DashboardApp.start({ adapter });
  });
  afterEach(() => app.stop());

  const logIn = (key: string, headers: Record<string, string> = PAGE) =>
    fetch(`${app.url}/session`, { method: 'POST', headers, body: JSON.stringify({ key }) });
  const cookieOf = async (key: string): Promise<string> =>
    (await logIn(key)).headers.get('set-cookie')!.split(';', 1)[0]!;
  const pause = (headers: Record<string, string>) =>
    fetch(`${app.url}/api/rollouts/support-chat/pause`, { method: 'POST', headers, body: '{"reason":"lunch"}' });

  test('serves a page that may load nothing but its own two files', async () => {
    const page = await fetch(app.url);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'");
    const html = await page.text();
    expect(html).not.toContain('support-chat');
    const [script, style] = [/src="([^"]+)"/.exec(html)![1]!, /stylesheet" href="([^"]+)"/.exec(html)![1]!];
    for (const file of [script, style]) expect(await status(fetch(new URL(file, app.url)))).toBe(200);
    expect(await status(fetch(`${app.url}/assets/..%2fcontrollers.js`))).toBe(404);
  });

  test('says nothing without a session, also not to a key', async () => {
    for (const path of ['api/routes', 'api/status', 'api/events', 'api/audit', 'api/alerts', 'session']) {
      expect(await status(fetch(`${app.url}/${path}`))).toBe(401);
      const headers = { authorization: `Bearer ${OPERATOR}` };
      expect(await status(fetch(`${app.url}/${path}`, { headers }))).toBe(401);
    }
  });

  test('keeps the session in a cookie that no script reads, no other site sends, and that does not show the key', async () => {
    const answer = await logIn(READER);
    expect(await answer.json()).toEqual({ name: 'visitor', scopes: ['read'] });
    const cookie = answer.headers.get('set-cookie')!;
    expect(cookie).toMatch(/^bg_session=[\w-]+; Max-Age=28800; Path=\/; HttpOnly; SameSite=Strict$/);
    expect(Buffer.from(cookie.slice(11).split(';')[0]!, 'base64url').toString('latin1')).not.toContain(READER);
  });

  test('lets in only keys that may read', async () => {
    expect(await status(logIn('a-key-that-nobody-has'))).toBe(401);
    expect(await status(logIn('a-key-for-calls-alone'))).toBe(403);
    expect(await status(logIn('x'.repeat(2_000)))).toBe(422);
  });

  test('makes who guesses keys wait', async () => {
    const answers = await Promise.all(Array.from({ length: 12 }, () => status(logIn('a-key-that-nobody-has'))));
    expect(answers.filter((code) => code === 429)).toHaveLength(2);
  });

  test('has figures at times at which there was something, and nothing in between', async () => {
    const cookie = await cookieOf(READER);
    const timeline = async (): Promise<{ at: number[]; requests: number[]; error_rate: (number | null)[] }> => {
      const answer = await fetch(`${app.url}/api/routes/support-chat/timeline?minutes=600`, { headers: { cookie } });
      const { environments } = (await answer.json()) as {
        environments: { blue: Awaited<ReturnType<typeof timeline>> };
      };
      return environments.blue;
    };
    app.clock.advance(12 * 60_000 + 40_000);
    const begin = app.clock.now();
    await app.pass(2);
    app.clock.advance(8 * 60_000);
    await app.pass(1);
    const { at, requests, error_rate } = await timeline();
    expect(at.map((time) => (time - begin) / 1_000)).toEqual([0, 50, 320, 590]);
    expect(requests).toEqual([60, 60, 0, 60]);
    expect(error_rate.map((value) => value === null)).toEqual([false, false, true, false]);

    app.clock.advance(150 * 60_000);
    await app.pass(1);
    const later = await timeline();
    expect(later.at[0]).toBe(begin);
    expect(later.at.every((time) => time >= begin && time <= app.clock.now())).toBe(true);
  });

  test.each([
    ['session', sessionAnswer],
    ['api/routes', routeRows],
    ['api/routes/support-chat/timeline', timelinesAnswer],
    ['api/routes/support-chat/shadow', shadowAnswer],
    ['api/alerts', alertList],
    ['api/status', statusList],
    ['api/audit', auditPage],
  ])('answers %s in the shape that the page is compiled against', async (path, schema: z.ZodType) => {
    await app.rollouts.start('support-chat');
    await app.pass(2);
    const answer = await fetch(`${app.url}/${path}`, { headers: { cookie: await cookieOf(READER) } });
    const { error } = schema.safeParse(await answer.json());
    expect(error && z.prettifyError(error)).toBeUndefined();
  });

  test('takes commands of the page alone', async () => {
    await app.rollouts.start('support-chat');
    const cookie = await cookieOf(OPERATOR);
    const json = { 'content-type': 'application/json', cookie };
    expect(await status(pause(json))).toBe(403);
    expect(await status(pause({ ...json, ...PAGE, origin: 'https://evil.example' }))).toBe(403);
    expect(await status(pause({ ...json, ...PAGE, 'sec-fetch-site': 'same-site' }))).toBe(403);
    expect(await status(logIn(READER, { 'content-type': 'application/json' }))).toBe(403);
    expect(await status(pause({ ...json, ...PAGE, origin: new URL(app.url).origin }))).toBe(200);
  });

  test('takes commands only of keys that may operate, and records their names', async () => {
    await app.rollouts.start('support-chat');
    expect(await status(pause({ ...PAGE, cookie: await cookieOf(READER) }))).toBe(403);
    expect(app.rollouts.status('support-chat').rollout?.phase.name).toBe('Progressing');
    const seen: string[] = [];
    app.rollouts.events$.subscribe(({ actor, reason }) => seen.push(`${actor}: ${reason}`));
    expect(await status(pause({ ...PAGE, cookie: await cookieOf(OPERATOR) }))).toBe(200);
    expect(seen).toEqual(['ada: lunch']);
  });

  test('ends a session after eight hours, when it is logged out, and when somebody has been at the cookie', async () => {
    const cookie = await cookieOf(READER);
    const look = (value: string) => status(fetch(`${app.url}/session`, { headers: { cookie: value } }));
    expect(await look(cookie)).toBe(200);
    expect(await look(`${cookie.slice(0, -2)}${cookie.at(-2) === 'A' ? 'B' : 'A'}${cookie.at(-1)}`)).toBe(401);
    const out = await fetch(`${app.url}/session`, { method: 'DELETE', headers: { 'x-blue-green-page': '1', cookie } });
    expect(out.headers.get('set-cookie')).toMatch(/^bg_session=; Max-Age=0/);
    expect(await look(cookie)).toBe(401);
    expect(await status(fetch(`${app.url}/api/routes`, { headers: { cookie } }))).toBe(401);
    const next = await cookieOf(READER);
    expect(await look(next)).toBe(200);
    app.clock.advance(8 * 60 * 60_000);
    expect(await look(next)).toBe(401);
  });

  test('hands out the report of the newest rollout', async () => {
    const headers = { cookie: await cookieOf(READER) };
    expect(await status(fetch(`${app.url}/api/rollouts/support-chat/report`, { headers }))).toBe(409);
    expect(await status(fetch(`${app.url}/api/rollouts/support-chat/report?format=pdf`, { headers }))).toBe(422);
    await app.rollouts.start('support-chat');
    const report = await fetch(`${app.url}/api/rollouts/support-chat/report?format=md`, { headers });
    expect(report.headers.get('content-disposition')).toBe('attachment; filename="rollout-support-chat.md"');
    expect(await report.text()).toMatch(/^# Rollout of support-chat: Running/);
  });
});

test('replicas with the same secret know the same sessions', async () => {
  const dashboard = { secret: SECRET };
  const [one, two] = [await DashboardApp.start({ dashboard }), await DashboardApp.start({ dashboard })];
  const other = await DashboardApp.start();
  const body = JSON.stringify({ key: READER });
  const answer = await fetch(`${one.url}/session`, { method: 'POST', headers: PAGE, body });
  const headers = { cookie: answer.headers.get('set-cookie')!.split(';', 1)[0]! };
  expect((await fetch(`${two.url}/session`, { headers })).status).toBe(200);
  expect((await fetch(`${other.url}/session`, { headers })).status).toBe(401);
  await Promise.all([one.stop(), two.stop(), other.stop()]);
});

async function begun({ url }: DashboardApp): Promise<string> {
  const answer = await fetch(`${url}/session`, {
    method: 'POST',
    headers: PAGE,
    body: JSON.stringify({ key: READER }),
  });
  return answer.headers.get('set-cookie')!.split(';', 1)[0]!;
}

function looked({ url }: DashboardApp, cookie: string): Promise<number> {
  return status(fetch(`${url}/session`, { headers: { cookie } }));
}

function end({ url }: DashboardApp, cookie: string): Promise<Response> {
  return fetch(`${url}/session`, { method: 'DELETE', headers: { ...PAGE, cookie } });
}

describe('A session that was ended', () => {
  test('is ended on every replica that shares a Redis', async () => {
    const redis = await RedisServer.start();
    const options = { journal: { redis: redis.url } };
    const [one, two] = [
      await DashboardApp.start({ dashboard: { secret: SECRET }, options }),
      await DashboardApp.start({ dashboard: { secret: SECRET }, options, adapter: 'fastify' }),
    ];
    const cookie = await begun(one);
    expect(await looked(two, cookie)).toBe(200);
    expect((await end(one, cookie)).status).toBe(204);
    expect([await looked(one, cookie), await looked(two, cookie)]).toEqual([401, 401]);
    await Promise.all([one.stop(), two.stop()]);
    await redis.stop();
  });

  test('stays ended after a restart where the journal is a file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'blue-green-sessions-'));
    const start = () =>
      DashboardApp.start({
        dashboard: { secret: SECRET },
        options: { journal: { file: join(folder, 'journal.jsonl') } },
      });
    const first = await start();
    const [ended, other] = [await begun(first), await begun(first)];
    await end(first, ended);
    await first.stop();
    const second = await start();
    expect([await looked(second, ended), await looked(second, other)]).toEqual([401, 200]);
    await second.stop();
    await rm(folder, { recursive: true });
  });
});

test('a secret that could be guessed is refused', async () => {
  await expect(DashboardApp.start({ dashboard: { secret: 'short' } })).rejects.toThrow(/dashboard\.secret/);
});

test('mounts where the app says', async () => {
  const app = await DashboardApp.start({ dashboard: { path: 'ops/rollouts' } });
  const url = app.url.replace('blue-green', 'ops/rollouts');
  expect(await (await fetch(url)).text()).toContain('src="./rollouts/assets/app.js');
  expect((await fetch(app.url)).status).toBe(404);
  await app.stop();
});
