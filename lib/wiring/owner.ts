import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RedisJournal } from '../journal/redis-journal.js';
import { OptionsError } from '../validation/validation-error.js';

/** The gateway by itself is part of any app's fleet. */
const OURS = 'nestjs-blue-green';

/**
 * Keeps two apps from taking each other's routes for their own: the first one owns the prefix.
 *
 * @param app its name; by default that of the package in the working directory, and without one anything goes.
 * @throws {OptionsError} when another app owns it. {@link JournalUnavailableError}
 */
export async function ownPrefix(journal: RedisJournal, prefix: string, app = packageIn(process.cwd())): Promise<void> {
  if (app === undefined) return;
  const owner = await journal.claim(app);
  if (owner === app) return;
  const message = `belongs to the app "${owner}", and this one is "${app}"`;
  const remedy =
    `Give this app a prefix of its own, like journal: { prefix: '{${app}}:' }. ` +
    `If both are one fleet, set journal.app to '${owner}' here.`;
  throw new OptionsError([{ path: 'journal.prefix', value: JSON.stringify(prefix), message, remedy }]);
}

function packageIn(folder: string): string | undefined {
  try {
    const { name } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { name?: unknown };
    return typeof name === 'string' && name !== OURS ? name : undefined;
  } catch {
    return undefined;
  }
}
