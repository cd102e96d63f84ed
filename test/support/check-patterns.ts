/**
 * Judges regular expressions: a list of them as JSON on stdin, what is wrong with each on stdout. A process, since the
 * checker keeps one of its own.
 */
import { text } from 'node:stream/consumers';
import { check } from 'recheck';

interface Pattern {
  readonly pattern: string;
  readonly flags: string;
  readonly file: string;
}

const slow: string[] = [];
for (const { pattern, flags, file } of JSON.parse(await text(process.stdin)) as readonly Pattern[]) {
  const { status } = await check(pattern, flags, { timeout: 10_000 });
  if (status !== 'safe') slow.push(`${file}: /${pattern}/${flags} is ${status}`);
}
process.stdout.write(JSON.stringify(slow), () => process.exit(0));
