import { figure, words } from './format.js';
import type { GateAnswer } from '../../http/control/answers/common.js';
import type { EntryAnswer } from '../../http/control/answers/records.js';
import { panel } from './panel.js';

const TONES: Readonly<Record<string, string>> = { pass: 'good', fail: 'bad', error: 'bad' };

/** The figure or the evidence of each gate, against the limit at which it fails. */
function Gates({ gates }: { readonly gates: readonly GateAnswer[] }) {
  return (
    <section class="card" aria-labelledby="gates">
      <h2 id="gates">Gates</h2>
      {gates.length === 0 && <p class="soft">No gate has been checked.</p>}
      <ul class="gates">
        {gates.map((gate) => (
          <Line key={gate.gate} gate={gate} />
        ))}
      </ul>
    </section>
  );
}

function Line({ gate: { gate, verdict, message, outlook, sample, ...rest } }: { readonly gate: GateAnswer }) {
  const { value, limit } = rest.evidence ?? { value: rest.observed, limit: rest.limit };
  const what = rest.evidence ? 'Evidence' : 'Figure';
  const share = value === null || limit <= 0 ? 0 : Math.min(1, Math.max(0, value / limit));
  return (
    <li>
      <div class="gate-name">
        <b>{gate}</b>
        <span class={`badge ${TONES[verdict] ?? 'waiting'}`}>{words(verdict)}</span>
      </div>
      <div
        class={`meter ${TONES[verdict] ?? 'waiting'}`}
        role="meter"
        aria-label={`${what} of ${gate} against its limit`}
        aria-valuemin={0}
        aria-valuemax={1}
        aria-valuenow={Number(share.toFixed(3))}
        aria-valuetext={`${figure(value)} of ${figure(limit)}`}
      >
        <i style={{ width: `${share * 100}%` }} />
      </div>
      <small class="soft">
        {what} {figure(value)} of {figure(limit)} · {sample.canary} canary requests, {sample.baseline} live
      </small>
      <p>{message.startsWith(`${gate}: `) ? message.slice(gate.length + 2) : message}</p>
      {outlook !== undefined && <p class="soft">{outlook}</p>}
    </li>
  );
}

export const gatesPanel = panel(({ state, status: { rollout } }) =>
  rollout ? <Gates gates={rollout.decision?.gates ?? lastEvidence(state.entries, rollout.id)} /> : null,
);

/** The last results of the gates of a rollout that has ended. */
function lastEvidence(entries: readonly EntryAnswer[], rollout: string): readonly GateAnswer[] {
  return entries.find(({ rollout_id, evidence }) => rollout_id === rollout && evidence.length > 0)?.evidence ?? [];
}
