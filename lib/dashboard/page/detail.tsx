import { Fragment } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { PageProps } from './page-props.js';
import { PANELS } from './panels.js';
import { PhaseBadge, hasMoved } from './phase-badge.js';

/** One route: its traffic, its rollout, and the evidence for both. */
export function Detail({ state, actions }: PageProps) {
  const { selected = '', status, answers } = state;
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const phase = status?.rollout?.phase;
  return (
    <>
      <a class="back" href="#/">
        All routes
      </a>
      <div class="title">
        <h1 ref={heading} tabIndex={-1}>
          {selected}
        </h1>
        {phase && (
          <PhaseBadge
            name={phase.name}
            reason={phase.name === 'Paused' ? phase.reason : undefined}
            isPast={hasMoved(status)}
          />
        )}
      </div>
      {!status && <p class="soft">Loading…</p>}
      {status &&
        PANELS.map(({ source, render }, index) => (
          <Fragment key={index}>
            {render({ state, actions, status }, source === undefined ? undefined : answers[source])}
          </Fragment>
        ))}
    </>
  );
}
