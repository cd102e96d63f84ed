import { Announcer } from './announcer.js';
import { Detail } from './detail.js';
import { Login } from './login.js';
import type { PageProps } from './page-props.js';
import { Overview } from './overview.js';
import { RouteList } from './route-list.js';

const CONNECTION = { connecting: 'Connecting…', live: 'Live', lost: 'Reconnecting…' };

export function Frame({ state, actions }: PageProps) {
  const { session, connection, selected } = state;
  if (session === undefined) return <main class="wait">Loading…</main>;
  if (session === null) return <Login onLogin={(newcomer) => actions.loggedIn(newcomer)} />;
  return (
    <div class={selected === undefined ? 'app at-list' : 'app at-route'}>
      <a class="skip" href="#content" onClick={skip}>
        Skip to content
      </a>
      <header class="top">
        <a class="brand" href="#/">
          <span class="mark" aria-hidden="true">
            <i class="hue-blue" />
            <i class="hue-green" />
          </span>
          Blue-green
        </a>
        <span class={`connection ${connection}`} role="status">
          {CONNECTION[connection]}
        </span>
        <span class="who">
          {session.name}
          <small>{session.scopes.includes('operate') ? 'can operate' : 'read only'}</small>
        </span>
        <button type="button" class="quiet" onClick={() => void actions.logOut()}>
          Log out
        </button>
      </header>
      <RouteList state={state} actions={actions} />
      <main id="content" tabIndex={-1}>
        {selected === undefined ? (
          <Overview state={state} />
        ) : (
          <Detail key={selected} state={state} actions={actions} />
        )}
      </main>
      <Announcer entry={selected === undefined ? undefined : state.entries[0]} />
    </div>
  );
}

/** The address names the open route: the jump must not change it. */
function skip(event: Event): void {
  event.preventDefault();
  document.getElementById('content')?.focus();
}
