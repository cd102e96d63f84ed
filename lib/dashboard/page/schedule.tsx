import { percent, span } from './format.js';
import type { Entry, PlanStep, RolloutStatus } from './wire.js';

interface ScheduleProps {
  readonly rollout: RolloutStatus;
  readonly entries: readonly Entry[];
  /** Whether the traffic has been moved since it ended. */
  readonly isPast: boolean;
}

const OVER: Readonly<Record<string, string>> = {
  Succeeded: 'The rollout is over: the new version has all the traffic.',
  RolledBack: 'The rollout is over: the traffic is back where it was.',
  Aborting: 'The traffic is being taken back.',
};

const MOVED_SINCE = 'The rollout is over; the weights have been set by hand since.';

/** The stages of the rollout, the one it is in, and what that one waits for. */
export function Schedule({ rollout, entries, isPast }: ScheduleProps) {
  const { phase, decision } = rollout;
  const plan = entries.find(({ type, rolloutId }) => type === 'RolloutStarted' && rolloutId === rollout.id)?.plan;
  const steps = plan?.steps ?? [];
  const at = positionOf(rollout);
  const waitsFor = isPast ? MOVED_SINCE : (OVER[phase.name] ?? decision?.reason);
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
          <Stage key={index} index={index} at={at} title={percent(step.setWeight)} text={textOf(step)} />
        ))}
        {plan && plan.finalBakeTime > 0 && (
          <Stage index={steps.length} at={at} title="Final bake" text={span(plan.finalBakeTime)} />
        )}
      </ol>
      {waitsFor !== undefined && (
        <p class="waits">
          <span class="soft">{OVER[phase.name] ? 'Outcome' : 'Waits for'}</span> {waitsFor}
          {ended !== undefined && <em class="problem">{ended}</em>}
        </p>
      )}
    </section>
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

/** Index of the stage; −1 before the first or when the rollout was taken back. */
function positionOf({ phase, steps }: RolloutStatus): number {
  const walking = phase.name === 'Paused' && phase.resume_to ? phase.resume_to : phase;
  if (walking.name === 'Baking') return steps;
  if (walking.name === 'Succeeded') return steps + 1;
  return walking.step ?? -1;
}

function textOf({ duration, holdConditions }: PlanStep): string {
  const needed = holdConditions?.minSampleSize?.canary ?? 0;
  const parts = [span(duration)];
  if (needed > 1) parts.push(`${needed} requests`);
  if (holdConditions?.requiresApproval === true) parts.push('approval');
  return parts.join(' · ');
}
