import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import type { BlueGreenConfig } from '../options/config.js';
import type { RedisConnection } from '../redis/redis-connection.js';

/** Bytes of a secret that nobody has to type. */
const BYTES = 32;

/**
 * A random secret that is kept where the journal is: every replica has the same, and so has this process after a
 * restart. The first one that asks makes it. `undefined` where the journal is in memory.
 */
export async function keptSecret(
  journal: BlueGreenConfig['journal'],
  redis: RedisConnection | undefined,
): Promise<string | undefined> {
  const fresh = randomBytes(BYTES).toString('base64url');
  if (journal && redis) {
    const key = `${journal.prefix}state-secret`;
    await redis.send('SET', key, fresh, 'NX');
    return String(await redis.send('GET', key));
  }
  return journal?.file === undefined ? undefined : ofFile(`${journal.file}.state-secret`, fresh);
}

async function ofFile(path: string, fresh: string): Promise<string> {
  try {
    await writeFile(path, fresh, { flag: 'wx', mode: 0o600 });
    return fresh;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return readFile(path, 'utf8');
  }
}
