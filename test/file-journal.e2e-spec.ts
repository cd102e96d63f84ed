import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, expect, test } from '@jest/globals';
import type { INestApplication } from '@nestjs/common';
import { OptionsError, RolloutService } from 'nestjs-blue-green';
import type { RedisConnection } from '../lib/redis/redis-connection.js';
import { blueGreen, startApp } from './support/app.js';

const folder = mkdtempSync(join(tmpdir(), 'blue-green-app-'));
const file = join(folder, 'journal.jsonl');
afterAll(() => rmSync(folder, { recursive: true }));

const KEY = 'sk-provider-secret';

function start(journal: object = { file }): Promise<INestApplication> {
  const environment = { model: 'm-1', baseUrl: 'http://127.0.0.1:9/v1', apiKey: KEY };
  const environments = { blue: { ...environment, weight: 100 }, green: { ...environment, model: 'm-2', weight: 0 } };
  return startApp({ module: blueGreen({ alias: 'chat', environments, journal }) });
}

test('a rollout goes on after a restart where it stood, with who began it and why', async () => {
  const first = await start();
  await first.get(RolloutService).start('chat', { actor: 'ada', reason: 'new prompt', force: true });
  await first.get(RolloutService).pause('chat', { actor: 'bob', reason: 'lunch' });
  const before = first.get(RolloutService).status('chat');
  await first.close();

  const second = await start();
  const after = second.get(RolloutService).status('chat');
  expect(after.rollout).toMatchObject({ id: before.rollout!.id, phase: { name: 'Paused', reason: 'Manual' } });
  expect([after.weights, after.revision]).toEqual([before.weights, before.revision]);
  await second.close();

  const text = readFileSync(file, 'utf8');
  expect(text).toContain('"actor":"ada","reason":"new prompt"');
  expect(text).not.toContain(KEY);
});

test('a second app on the same file does not start', async () => {
  const app = await start();
  await expect(start()).rejects.toMatchObject({ code: 'journal_locked' });
  await app.close();
});

test('a journal has one home', async () => {
  const both = { file, redis: 'redis://127.0.0.1:6379' };
  await expect(async () => start(both)).rejects.toThrow(
    /journal needs one of the two: "file" for one process, "redis"/,
  );
});

const NO_FILES: Readonly<Record<string, () => string>> = {
  'a folder': () => folder,
  'below a file': () => {
    const below = join(folder, 'a-file');
    writeFileSync(below, '');
    return join(below, 'journal.jsonl');
  },
};

test.each(Object.keys(NO_FILES))(
  '%s is no place for a journal: the error says which option has named it',
  async (name) => {
    const place = NO_FILES[name]!();
    const error: unknown = await start({ file: place }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(OptionsError);
    expect((error as OptionsError).problems).toMatchObject([{ path: 'journal.file', value: JSON.stringify(place) }]);
    expect((error as OptionsError).message).toMatch(/cannot be opened and written: E(ISDIR|EXIST|NOTDIR)/);
  },
);

test('a Redis that is away is told of with its place, and the option that has named it', async () => {
  const error: unknown = await start({ redis: 'redis://:secret-of-redis@127.0.0.1:9' }).catch(
    (thrown: unknown) => thrown,
  );
  expect(error).toMatchObject({
    code: 'journal_unavailable',
    message: 'The journal cannot be reached: Redis at 127.0.0.1:9: connect ECONNREFUSED 127.0.0.1:9.',
    remedy: expect.stringContaining('journal.redis'),
  });
  expect(inspect(error, { depth: null, showHidden: true })).not.toContain('secret-of-redis');
});

test('and an app that could not start lets go of its connections', async () => {
  const opened = new Set<RedisConnection>();
  const away: RedisConnection = {
    send: () => Promise.reject(new Error('gone')),
    duplicate: () => {
      const own = { ...away, close: async () => void opened.delete(own) };
      opened.add(own);
      return own;
    },
    close: async () => {},
  };
  await expect(start({ redis: away })).rejects.toMatchObject({ code: 'journal_unavailable' });
  expect(opened).toEqual(new Set());
});
