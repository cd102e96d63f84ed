import { once } from 'node:events';
import { createServer, connect, type AddressInfo, type Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { WriteBatch } from './write-batch.js';

/** Both ends of a connection. */
async function connection(): Promise<{ ours: Socket; theirs: Socket; close: () => void }> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const theirs = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const [ours] = (await once(server, 'connection')) as [Socket];
  const close = (): void => {
    theirs.destroy();
    ours.destroy();
    server.close();
  };
  return { ours, theirs, close };
}

test('Writes of one turn leave together at its end, and later ones with the next', async () => {
  const { ours, theirs, close } = await connection();
  const batch = new WriteBatch();
  for (const text of ['one ', 'turn']) {
    batch.hold(ours);
    ours.write(text);
  }
  expect(ours.bytesWritten - ours.writableLength).toBe(0);
  const [first] = (await once(theirs, 'data')) as [Buffer];
  expect(first.toString()).toBe('one turn');
  expect(ours.writableCorked).toBe(0);

  batch.hold(ours);
  ours.end('the next');
  const [second] = (await once(theirs, 'data')) as [Buffer];
  expect(second.toString()).toBe('the next');
  close();
});

test('A socket that is closed in the same turn, or was never there, does no harm', async () => {
  const [left, stays] = await Promise.all([connection(), connection()]);
  const batch = new WriteBatch();
  batch.hold(null);
  batch.hold(left.ours);
  left.ours.destroy();
  batch.hold(stays.ours);
  stays.ours.write('still here');
  const [data] = (await once(stays.theirs, 'data')) as [Buffer];
  expect(data.toString()).toBe('still here');
  await turn();
  left.close();
  stays.close();
});
