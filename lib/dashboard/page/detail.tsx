import { useEffect, useRef } from 'preact/hooks';
import { urlOf } from './api.js';
import { Alerts } from './alerts.js';
import type { PageProps } from './page-props.js';
import { Charts } from './charts.js';
import { Commands } from './commands.js';
import { Environments } from './environments.js';
import { percent } from './format.js';
import { Gates } from './gates.js';
import { Journal } from './journal.js';
import { isOutdated, PhaseBadge } from './phase-badge.js';
import { Schedule } from './schedule.js';
import { ShadowCard } from './shadow-card.js';
import { WeightBar } from './weight-bar.js';
import type { Entry, Gate } from './wire.js';

/** One route: what answers, where its rollout stands, and why. */
export function Detail({ state, actions }: PageProps) {
  const { selected = '', status, entries, timelines, alerts, shadow, session } = state;
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const rollout = status?.rollout;
  const past = rollout ? isOutdated(rollout.phase.name, rollout.from, rollout.to, status.weights) : false;
  return (
    <>
      <a class="back" href="#/">
        All routes
      </a>
      <div class="title">
        <h1 ref={heading} tabIndex={-1}>
          {selected}
        </h1>
        {rollout && <PhaseBadge name={rollout.phase.name} reason={rollout.phase.reason} isPast={past} />}
      </div>
      {!status && <p class="soft">Loading…</p>}
      {status && (
        <>
          {session?.scopes.includes('operate') === true && (
            <Commands status={status} onDone={(fresh) => actions.refresh(fresh)} />
          )}
          <section class="card" aria-labelledby="traffic">
            <h2 id="traffic">
              Traffic <span class="soft">{status.active} is live</span>
            </h2>
            <WeightBar weights={status.weights} />
            <p class="legend">
              {Object.entries(status.weights).map(([name, weight]) => (
                <span key={name}>
                  {name} <b>{percent(weight)}</b>
                </span>
              ))}
            </p>
          </section>
          {rollout && <Schedule rollout={rollout} entries={entries} isPast={past} />}
          {rollout && <Gates gates={rollout.decision?.gates ?? lastEvidence(entries, rollout.id)} />}
          <Charts timelines={timelines} entries={entries} />
          <Environments status={status} />
          <Alerts alerts={alerts} route={selected} />
          {shadow && <ShadowCard shadow={shadow} />}
          <Journal entries={entries} title="Journal" empty="Nothing has been changed." />
          {rollout && <ReportLinks route={selected} />}
        </>
      )}
    </>
  );
}

/** What the gates of a rollout that has ended said last. */
function lastEvidence(entries: readonly Entry[], rollout: string): readonly Gate[] {
  return entries.find(({ rolloutId, evidence }) => rolloutId === rollout && evidence?.length)?.evidence ?? [];
}

function ReportLinks({ route }: { readonly route: string }) {
  const address = (format: string): string =>
    urlOf(`api/rollouts/${encodeURIComponent(route)}/report?format=${format}`);
  return (
    <section class="card" aria-labelledby="report">
      <h2 id="report">Report</h2>
      <p class="soft">The newest rollout on one page: what happened, on which evidence, and what to do next.</p>
      <p class="links">
        <a href={address('html')} download>
          Download as HTML
        </a>
        <a href={address('md')} download>
          Download as Markdown
        </a>
      </p>
    </section>
  );
}
