import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { recover, Writer } from '../../test/support/journal-crashes.js';
import { seededRandom } from '../../test/support/seeded-random.js';

const KILLS = 200;
const SEED = 20261121;
/** So small that every second or third process dies while, or just after, the file is rewritten. */
const LIMIT = 40;
const LONGEST_MS = 120;

/**
 * A process writes to a journal in a file as fast as it can and is killed (-9) at 200 random moments, on one and the
 * same file; after each the file is opened as a restart would. Every acknowledged entry has to be there, and nothing
 * that was never written. An entry that was about to be acknowledged may be there or not.
 */
export async function fileJournal(): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'blue-green-journal-'));
  const path = join(folder, 'journal.jsonl');
  const random = seededRandom(SEED);
  let [violations, unacknowledged, torn] = [0, 0, 0];
  let revision = 0;
  for (let kills = 1; kills <= KILLS; kills++) {
    const writer = Writer.start(path, LIMIT);
    const before = revision;
    await writer.until(({ acknowledged }) => acknowledged > before);
    await pause(random() * LONGEST_MS);
    await writer.kill();
    if ((await readFile(path)).at(-1) !== 0x0a) torn++;
    const recovered = await recover(path, LIMIT, writer.acknowledged);
    ({ revision } = recovered);
    violations += recovered.violations.length;
    if (revision > writer.acknowledged) unacknowledged++;
    for (const violation of recovered.violations) console.error(`kill ${kills}: ${violation}`);
    if (kills % 20 === 0) console.log(`${String(kills).padStart(4)} of ${KILLS} kills   revision ${revision}`);
  }
  await rm(folder, { recursive: true });
  const result = { kills: KILLS, revisions: revision, torn, writtenNotAcknowledged: unacknowledged, violations };
  console.log(`\n${JSON.stringify(result)}`);
  return violations === 0 ? 0 : 1;
}
