import { useEffect, useRef, useState } from 'preact/hooks';
import { messageOf, post } from './api.js';
import type { StatusAnswer } from '../../http/control/answers/status.js';
import { panel } from './panel.js';

interface Command {
  readonly name: string;
  readonly label: string;
  readonly question: string;
  readonly tone: 'plain' | 'primary' | 'danger';
}

const commandOf = (name: string, label: string, question: string, tone: Command['tone'] = 'plain'): Command => ({
  name,
  label,
  question,
  tone,
});

const START = commandOf('start', 'Start rollout', 'Starts the configured schedule at its first step.', 'primary');
const PAUSE = commandOf('pause', 'Pause', 'Weights stay as they are. A failing gate still rolls back.');
const RESUME = commandOf('resume', 'Resume', 'The schedule continues where it stopped. Paused time does not count.');
const APPROVE = commandOf('approve', 'Approve', 'Lets the current step end once its other conditions are met.');
const PROMOTE = commandOf('promote', 'Promote', 'Moves all traffic to the canary now, regardless of any schedule.');
const ROLL_BACK = commandOf(
  'rollback',
  'Roll back',
  'Returns all traffic now. Requests in flight finish where they are.',
  'danger',
);

/** The commands that make sense in this phase. An unknown phase counts as running. */
function commandsFor(status: StatusAnswer): readonly Command[] {
  return status.rollback_to === undefined ? forwards(status) : [...forwards(status), ROLL_BACK];
}

function forwards({ rollout, canary_active: isSplit }: StatusAnswer): readonly Command[] {
  const name = rollout?.phase.name;
  // Without a rollout, a canary with traffic has a split by hand.
  if (name === undefined || name === 'RolledBack' || name === 'Succeeded') return isSplit ? [START, PROMOTE] : [START];
  if (name === 'Aborting') return [];
  return [name === 'Paused' ? RESUME : PAUSE, APPROVE, PROMOTE];
}

interface CommandsProps {
  readonly status: StatusAnswer;
  readonly onDone: (status: StatusAnswer) => void;
}

function Commands({ status, onDone }: CommandsProps) {
  const [asked, ask] = useState<Command>();
  return (
    <div class="commands" role="group" aria-label="Rollout">
      {commandsFor(status).map((command) => (
        <button key={command.name} type="button" class={command.tone} onClick={() => ask(command)}>
          {command.label}
        </button>
      ))}
      {asked && <Confirm command={asked} route={status.route} onClose={() => ask(undefined)} onDone={onDone} />}
    </div>
  );
}

interface ConfirmProps {
  readonly command: Command;
  readonly route: string;
  readonly onClose: () => void;
  readonly onDone: (status: StatusAnswer) => void;
}

/** Asks for confirmation and a reason. The journal records both with the name of the key. */
function Confirm({ command: { name, label, question, tone }, route, onClose, onDone }: ConfirmProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(false);
  useEffect(() => dialog.current?.showModal(), []);
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const reason = (event.currentTarget as HTMLFormElement).querySelector('textarea')!.value.trim();
    setBusy(true);
    try {
      onDone(await post<StatusAnswer>(`api/rollouts/${encodeURIComponent(route)}/${name}`, { reason }));
      dialog.current?.close();
    } catch (error) {
      setProblem(messageOf(error));
      setBusy(false);
    }
  };
  return (
    <dialog ref={dialog} onClose={onClose} aria-labelledby="confirm-title">
      <form onSubmit={(event) => void submit(event)}>
        <h2 id="confirm-title">
          {label}: {route}
        </h2>
        <p>{question}</p>
        <label for="reason">Reason, for the journal</label>
        <textarea id="reason" name="reason" required maxLength={1000} rows={3} />
        <p class="problem" role="alert">
          {problem}
        </p>
        <div class="answers">
          <button type="button" class="plain" onClick={() => dialog.current?.close()}>
            Cancel
          </button>
          <button type="submit" class={tone === 'danger' ? 'danger' : 'primary'} disabled={busy}>
            {label}
          </button>
        </div>
      </form>
    </dialog>
  );
}

export const commandsPanel = panel(({ state, status, actions }) =>
  state.session?.scopes.includes('operate') === true ? (
    <Commands status={status} onDone={(fresh) => actions.refresh(fresh)} />
  ) : null,
);
