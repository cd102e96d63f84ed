import { useEffect, useRef, useState } from 'preact/hooks';
import { words } from './format.js';
import type { Entry } from './wire.js';

/** Nobody wants to be read a hundred events a second. */
const PAUSE = 2_000;

/** Tells screen readers what happened to the route, the newest event at most every other second. */
export function Announcer({ entry }: { readonly entry: Entry | undefined }) {
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
