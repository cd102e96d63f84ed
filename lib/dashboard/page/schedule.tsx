import { percent, span } from './format.js';
import type { EntryAnswer } from '../../http/control/answers/records.js';
import type { RolloutAnswer } from '../../http/control/answers/status.js';
import { panel } from './panel.js';
import { hasMoved } from './phase-badge.js';

type PlanStep = NonNullable<EntryAnswer['plan']>['steps'][number];

interface ScheduleProps {
  readonly rollout: RolloutAnswer;
  readonly entries: readonly EntryAnswer[];
  /** The traffic was moved after the rollout ended. */
  readonly moved: boolean;
}

const OVER: Readonly<Record<string, string>> = {
  Succeeded: 'The rollout has ended: the new version has all the traffic.',
  Lowered: 'The rollout has ended: its traffic was lowered to 0%.',
  Complete: 'The rollout has ended: the new version keeps the weight of the last step.',
  RolledBack: 'The rollout has ended: the traffic is back where it was.',
  Aborting: 'The traffic is being rolled back.',
};

const MOVED_SINCE = 'The rollout has ended. The weights were set by hand afterwards.';

/** The stages of the rollout, the current one, and the condition for the next. */
function Schedule({ rollout, entries, moved }: ScheduleProps) {
  const { phase, decision } = rollout;
  const plan = entries.find(
    ({ plan: written, rollout_id }) => written !== undefined && rollout_id === rollout.id,
  )?.plan;
  const steps = plan?.steps ?? [];
  const at = positionOf(rollout);
  const weight = phase.name === 'Succeeded' ? (phase.weight ?? 100) : 100;
  const end = weight === 0 ? 'Lowered' : weight < 100 ? 'Complete' : phase.name;
  const waitsFor = moved ? MOVED_SINCE : (OVER[end] ?? decision?.reason);
  const ended = phase.name === 'RolledBack' || phase.name === 'Aborting' ? phase.reason : undefined;
  return (
    <section class="card" aria-labelledby="schedule">
      <h2 id="schedule">
        Schedule{' '}
        <span class="soft">
          {rollout.from} to {rollout.to}
        </span>
      </h2>
      <ol class="steps">
        {steps.map((step, index) => (
          <Stage key={index} index={index} at={at} title={percent(step.set_weight)} text={textOf(step)} />
        ))}
        {plan && plan.final_bake_time > 0 && (
          <Stage index={steps.length} at={at} title="Final bake" text={span(plan.final_bake_time)} />
        )}
      </ol>
      <Sights sight={OVER[phase.name] ? undefined : rollout.sight} />
      {waitsFor !== undefined && (
        <p class="waits">
          <span class="soft">{OVER[phase.name] ? 'Outcome' : 'Waits for'}</span> {waitsFor}
          {ended !== undefined && <em class="problem">{ended}</em>}
        </p>
      )}
    </section>
  );
}

/** The faults that each step can find at the traffic before the rollout. */
function Sights({ sight }: { readonly sight: RolloutAnswer['sight'] }) {
  const lines = sight && (sight.steps.length > 0 ? sight.steps.map(({ message }) => message) : sight.warnings);
  if (!lines || lines.length === 0) return null;
  return (
    <ul class="soft" aria-label="What each step can find">
      {lines.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  );
}

function Stage(props: { readonly index: number; readonly at: number; readonly title: string; readonly text: string }) {
  const { index, at, title, text } = props;
  const place = index < at ? 'done' : index === at ? 'now' : 'later';
  return (
    <li class={place} aria-current={place === 'now' ? 'step' : undefined}>
      <b>{title}</b>
      <small>{text}</small>
      {place === 'done' && <span class="unseen">done</span>}
    </li>
  );
}

/** Index of the stage; −1 before the first one and after a rollback. */
function positionOf({ phase, steps }: RolloutAnswer): number {
  const walking = phase.name === 'Paused' ? phase.resume_to : phase;
  if (walking.name === 'Baking') return steps;
  if (walking.name === 'Succeeded') return steps + 1;
  return walking.name === 'Progressing' ? walking.step : -1;
}

function textOf({ duration, hold_conditions: { min_sample_size, requires_approval } }: PlanStep): string {
  const parts = [span(duration)];
  if (min_sample_size.canary > 1) parts.push(`${min_sample_size.canary} requests`);
  if (requires_approval) parts.push('approval');
  return parts.join(' · ');
}

export const schedulePanel = panel(({ state, status }) => {
  const { rollout } = status;
  return rollout ? <Schedule rollout={rollout} entries={state.entries} moved={hasMoved(status)} /> : null;
});
