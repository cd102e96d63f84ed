import { describe, expect, test } from '@jest/globals';
import { refusalIn } from './redis-refusals.js';
import type { RedisConnection } from './redis-connection.js';
import { steadyConnection } from './steady-connection.js';

/** As Redis 6.2, 7.0 and 7.4 say it, to commands and to scripts. */
const ANSWERS: readonly (readonly [answer: string, remedy: RegExp])[] = [
  ["READONLY You can't write against a read only replica.", /primary/],
  ["READONLY You can't write against a read only replica. script: 5ba3, on @user_script:8.", /primary/],
  [
    "ERR Error running script (call to f_5ba3): @user_script:8: @user_script: 8: -READONLY You can't write against a read only replica.",
    /primary/,
  ],
  ['UNBLOCKED force unblock from blocking operation, instance state changed (master -> replica?)', /primary/],
  ["MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.", /primary/],
  ['NOREPLICAS Not enough good replicas to write.', /min-replicas-to-write/],
  ['MISCONF Redis is configured to save RDB snapshots, but it is currently unable to persist on disk.', /disk/],
  ["OOM command not allowed when used memory > 'maxmemory'. script: 5ba3, on @user_script:8.", /maxmemory/],
  ['LOADING Redis is loading the dataset in memory', /wait/],
  ['CLUSTERDOWN Hash slot not served', /cluster/],
  ['MOVED 3999 127.0.0.1:6381', /new Cluster/],
  ["CROSSSLOT Keys in request don't hash to the same slot", /hash tag/],
  ["NOPERM this user has no permissions to run the 'set' command", /permissions/],
];

describe('The answer of a Redis that refuses', () => {
  test.each(ANSWERS)('%s', (answer, remedy) => {
    expect(refusalIn(answer)?.remedy).toMatch(remedy);
  });

  test('says nothing of a refusal when the word is only a part of another', () => {
    expect(refusalIn('ERR unknown command ROOM')).toBeUndefined();
    expect(refusalIn('connect ECONNREFUSED 127.0.0.1:6379')).toBeUndefined();
  });

  test('is an error with the remedy', async () => {
    const connection = steadyConnection(answering([new Error('MOVED 3999 127.0.0.1:6381')]));
    await expect(connection.send('GET', 'x')).rejects.toMatchObject({
      code: 'redis_unavailable',
      remedy: expect.stringContaining('new Cluster'),
    });
  });
});

describe('A connection whose server has become a replica', () => {
  const READONLY = new Error("READONLY You can't write against a read only replica.");

  test('is made again, and the refused command is sent again', async () => {
    const next = answering(['OK']);
    const old = { ...answering([READONLY]), duplicate: () => next };
    expect(await steadyConnection(old).send('SET', 'x', '1')).toBe('OK');
    expect(old.sent).toEqual(['SET x 1']);
    expect(next.sent).toEqual(['SET x 1']);
  });

  test('is made again once for all that was refused there', async () => {
    const next = answering(['a', 'b']);
    let made = 0;
    const old = { ...answering([READONLY, READONLY]), duplicate: () => (made++, next) };
    const connection = steadyConnection(old);
    expect(await Promise.all([connection.send('SET', 'x', '1'), connection.send('SET', 'y', '1')])).toEqual(['a', 'b']);
    expect(made).toBe(1);
  });

  test('is not made again all the time when its address leads to a replica for good', async () => {
    let made = 0;
    const replica = (): RedisConnection & { sent: string[] } => ({
      ...answering([READONLY, READONLY, READONLY]),
      duplicate: () => (made++, replica()),
    });
    const connection = steadyConnection(replica());
    for (let n = 0; n < 3; n++) await expect(connection.send('SET', 'x', '1')).rejects.toThrow('READONLY');
    expect(made).toBe(1);
  });

  test('stays, whatever else is refused', async () => {
    const old = answering([new Error('NOREPLICAS Not enough good replicas to write.')]);
    await expect(steadyConnection(old).send('SET', 'x', '1')).rejects.toThrow('NOREPLICAS');
  });
});

/** Gives these answers, one after the other. Cannot be made anew. */
function answering(answers: readonly unknown[]): RedisConnection & { readonly sent: string[] } {
  const left = [...answers];
  const sent: string[] = [];
  return {
    sent,
    send: (...words) => {
      sent.push(words.join(' '));
      const answer = left.shift();
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    },
    duplicate: () => {
      throw new Error('made anew');
    },
    close: () => Promise.resolve(),
  };
}
