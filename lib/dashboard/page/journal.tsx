import { useState } from 'preact/hooks';
import { clockTime, percent, words } from './format.js';
import type { EntryAnswer } from '../../http/control/answers/records.js';
import { panel } from './panel.js';

const PAGE = 25;

interface JournalProps {
  readonly entries: readonly EntryAnswer[];
  readonly title: string;
  readonly empty: string;
  readonly showRoute?: boolean;
}

/** Every change with its time, author and reason, the newest first. */
export function Journal({ entries, title, empty, showRoute = false }: JournalProps) {
  const [shown, show] = useState(PAGE);
  return (
    <section class="card" aria-labelledby="journal">
      <h2 id="journal">{title}</h2>
      {entries.length === 0 && <p class="soft">{empty}</p>}
      <ol class="log">
        {entries.slice(0, shown).map((entry) => (
          <li key={entry.revision}>
            <time dateTime={new Date(entry.at).toISOString()}>{clockTime(entry.at)}</time>
            <b>{words(entry.type)}</b>
            <span>
              {showRoute && entry.route !== undefined && <strong>{entry.route} </strong>}
              {entry.reason}
              {entry.weights && <em> {weightsText(entry.weights)}</em>}
              <small> {entry.actor === 'system' ? 'automatic' : `by ${entry.actor}`}</small>
            </span>
          </li>
        ))}
      </ol>
      {entries.length > shown && (
        <button type="button" class="quiet" onClick={() => show(shown + 100)}>
          Show older
        </button>
      )}
    </section>
  );
}

function weightsText(weights: NonNullable<EntryAnswer['weights']>): string {
  return Object.entries(weights)
    .map(([name, weight]) => `${name} ${percent(weight)}`)
    .join(' · ');
}

export const journalPanel = panel(({ state }) => (
  <Journal entries={state.entries} title="Journal" empty="Nothing has been changed." />
));
