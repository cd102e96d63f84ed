import { describe, expect } from '@jest/globals';
import * as fc from 'fast-check';
import { anyText } from '../../test/support/any-text.js';
import { FakeClock } from '../../test/support/fake-clock.js';
import { anyJson, changed, fuzz } from '../../test/support/fuzz.js';
import { recordOf } from '../../test/support/journal-writer.js';
import { JournalDamagedError } from '../journal/journal-damage.js';
import { readEntries, readNews } from '../journal/redis-stream.js';
import { RedisJournal } from '../journal/redis-journal.js';
import { RedisLog } from '../records/redis-log.js';
import type { RedisConnection } from './redis-connection.js';
import { RedisFigures } from '../telemetry/redis-figures.js';

/** A Redis that gives this answer to everything. */
function redisThatSays(reply: unknown): RedisConnection {
  const connection: RedisConnection = {
    send: () => Promise.resolve(reply),
    duplicate: () => connection,
    close: () => Promise.resolve(),
  };
  return connection;
}

const entries = [1, 2, 3].map((revision) => ({ ...recordOf(revision), revision }));
const item = (text: string, id: string) => [id, ['entry', text, 'batch', 'b']];
const written = entries.map((entry) => item(JSON.stringify(entry), `${entry.revision}-0`));

/** One entry with a text that was cut off, changed, or is another one's; or anything in its place. */
const damage = fc.oneof(
  fc.nat(60).map((length) => item(JSON.stringify(entries[1]).slice(0, length), '2-0')),
  anyText.map((text) => item(text, '2-0')),
  anyJson.map((json) => item(JSON.stringify(json), '2-0')),
  changed(written[1]),
  fc.constant(item(JSON.stringify(entries[2]), '2-0')),
);

describe('what is broken in Redis', () => {
  fuzz('is told of a journal: an entry is as it was written, or none is read', damage, (second) => {
    const reply = [written[0], second, written[2]];
    for (const read of [() => readEntries(reply), () => readNews([['journal', reply]])]) {
      try {
        const read2 = read().map(({ entry }) => entry);
        expect([read2[0], read2[2]]).toEqual([entries[0], entries[2]]);
        expect(read2[1]).toMatchObject({ revision: 2, type: expect.any(String) });
      } catch (error) {
        expect(error).toBeInstanceOf(JournalDamagedError);
      }
    }
  });

  fuzz(
    'is told of its snapshot',
    fc.oneof(
      anyText,
      anyJson.map((json) => JSON.stringify(json)),
    ),
    async (text) => {
      const isOne = (await new RedisJournal(redisThatSays(text)).snapshot().catch((error: unknown) => error)) as object;
      if (isOne instanceof Error) expect(isOne).toBeInstanceOf(JournalDamagedError);
      else expect(isOne).toMatchObject({ revision: expect.any(Number) });
    },
  );

  const records = fc.array(
    fc.oneof(
      anyText,
      fc.constantFrom('{"at":5}', '{"at":'),
      anyJson.map((json) => JSON.stringify(json)),
    ),
  );
  fuzz('is passed over in a log: the other records are read', records, async (texts) => {
    const reply = [...texts, '{"at":7}'].map((text, n) => [`${n}-0`, ['record', text]]);
    const options = { key: 'log', limit: 10, retention: 1_000, clock: new FakeClock() };
    const read: unknown[] = [];
    for await (const record of new RedisLog(redisThatSays(reply), options).newest()) read.push(record);
    expect(read.at(-1)).toEqual({ at: 7 });
    for (const record of read) expect(record).toMatchObject({ at: expect.any(Number) });
  });

  fuzz('is no figure: what is no number adds nothing', fc.array(fc.tuple(anyText, anyText)), async (fields) => {
    const reply = ['era', 1, 0, 0, 5, [['total:x', fields.flat()]], []];
    const report = { replica: 'r', sequence: 1, deltas: new Map(), claims: [], waits: new Map() };
    const figures = new RedisFigures(redisThatSays(reply), { window: 1_000 });
    const { changed: sums } = await figures.exchange(report, { era: '', exchange: 0 });
    for (const value of Object.values(sums.get('total:x')!)) expect(Number.isFinite(value)).toBe(true);
  });
});
