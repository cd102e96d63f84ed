import { writeSync } from 'node:fs';
import type { JournalRecord } from 'nestjs-blue-green';
import { FileJournal } from '../../lib/journal/file-journal.js';

/** What is written as revision `n`: told from `n` alone, so that a reader knows what has to be there. */
export function recordOf(revision: number): JournalRecord {
  const share = revision % 101;
  return {
    type: 'WeightsSet',
    route: 'chat',
    weights: { blue: 100 - share, green: share },
    active: 'blue',
    at: revision,
    actor: 'ada',
    reason: `revision ${revision} ${'é'.repeat(revision % 50)}`,
    evidence: [],
  };
}

/** Appends batches of one to four records for ever, and says of each revision when it was acknowledged. */
async function write(path: string, limit: number): Promise<void> {
  // A limit on the size of files is a failing write, not the end.
  process.on('SIGXFSZ', () => {});
  const journal = await FileJournal.open(path, { limit });
  let revision = 0;
  for await (const entry of journal.read(1)) ({ revision } = entry);
  revision = Math.max(revision, (await journal.snapshot()).revision);
  writeSync(1, `open ${revision}\n`);
  for (;;) {
    const batch = Array.from({ length: 1 + (revision % 4) }, (_, n) => recordOf(revision + 1 + n));
    try {
      await journal.append(batch, revision);
    } catch (error) {
      writeSync(1, `failed ${(error as { code: string }).code}\n`);
      await new Promise((resolve) => setTimeout(resolve, 20));
      continue;
    }
    revision += batch.length;
    writeSync(1, `${revision}\n`);
  }
}

const [path, limit] = process.argv.slice(2);
if (path !== undefined && import.meta.url === `file://${process.argv[1]}`) await write(path, Number(limit));
