import { useState } from 'preact/hooks';
import { messageOf, post } from './api.js';
import type { SessionAnswer } from '../answers.js';

/** Sends the key once, in the body of a request. The answer is a cookie that no script can read. */
export function Login({ onLogin }: { readonly onLogin: (session: SessionAnswer) => void }) {
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(false);
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    setBusy(true);
    try {
      onLogin(await post<SessionAnswer>('session', { key: form.querySelector('input')!.value }));
    } catch (error) {
      setProblem(messageOf(error));
      setBusy(false);
      form.querySelector('input')?.focus();
    }
  };
  return (
    <main class="login">
      <form class="card" onSubmit={(event) => void submit(event)}>
        <span class="mark large" aria-hidden="true">
          <i class="hue-blue" />
          <i class="hue-green" />
        </span>
        <h1>Blue-green</h1>
        <p>Log in with an access key to watch rollouts. A key with the scope "operate" can also control them.</p>
        <label for="key">Access key</label>
        <input
          id="key"
          name="key"
          type="password"
          autocomplete="current-password"
          required
          aria-describedby="login-problem"
          aria-invalid={problem !== ''}
        />
        <p id="login-problem" class="problem" role="alert">
          {problem}
        </p>
        <button type="submit" class="primary" disabled={busy}>
          Log in
        </button>
      </form>
    </main>
  );
}
