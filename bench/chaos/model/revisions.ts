import type { History } from '../history.js';
import type { Rule } from './check.js';

/**
 * The journal counts from 1 without gaps. Every process took in every entry once, in order, and each is the same that
 * the journal has in the end: nothing was lost, and no revision had two meanings.
 */
export const revisions: Rule = ({ entries, news }) => ({
  looked: entries.length + news.length,
  violations: [...gapsIn(entries), ...ofProcesses(entries, news)],
});

function gapsIn(entries: History['entries']): string[] {
  return entries.flatMap(({ revision }, index) =>
    revision === index + 1 ? [] : [`the journal has revision ${revision} in place ${index + 1}`],
  );
}

function ofProcesses(entries: History['entries'], news: History['news']): string[] {
  const texts = new Map(entries.map((entry) => [entry.revision, JSON.stringify(entry)]));
  const last = new Map<string, number>();
  return news.flatMap(({ life, entry }) => {
    const before = last.get(life);
    last.set(life, entry.revision);
    const problems: string[] = [];
    if (before !== undefined && entry.revision !== before + 1) {
      problems.push(`${life}: revision ${entry.revision} behind revision ${before}`);
    }
    const kept = texts.get(entry.revision);
    if (kept === undefined) problems.push(`${life}: revision ${entry.revision} is not in the journal any more`);
    else if (kept !== JSON.stringify(entry)) {
      problems.push(`${life}: revision ${entry.revision} is something else in the journal`);
    }
    return problems;
  });
}
