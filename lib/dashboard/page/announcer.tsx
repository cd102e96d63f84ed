import { useEffect, useRef, useState } from 'preact/hooks';
import { words } from './format.js';
import type { EntryAnswer } from '../../http/control/answers/records.js';

/** A screen reader cannot keep up with a hundred events a second. Milliseconds. */
const PAUSE = 2_000;

/** Announces the newest event of the route to screen readers, at most one every two seconds. */
export function Announcer({ entry }: { readonly entry: EntryAnswer | undefined }) {
  const [said, say] = useState('');
  const newest = useRef(entry);
  const first = useRef(entry?.revision);
  newest.current = entry;
  useEffect(() => {
    const timer = setInterval(() => {
      const { current } = newest;
      if (!current || current.revision === first.current) return;
      first.current = current.revision;
      say(`${words(current.type)}: ${current.reason}`);
    }, PAUSE);
    return () => clearInterval(timer);
  }, []);
  return (
    <div class="unseen" aria-live="polite">
      {said}
    </div>
  );
}
