import { render } from 'preact';
import { Frame } from './frame.js';
import { read, send } from './api.js';
import type { Actions } from './page-props.js';
import { Live } from './live.js';
import { Store } from './store.js';
import type { SessionAnswer } from '../answers.js';

const store = new Store((state) => {
  document.title = state.selected === undefined ? 'Blue-green' : `${state.selected} · Blue-green`;
  render(<Frame state={state} actions={actions} />, document.body);
});
const live = new Live(store);

const actions: Actions = {
  loggedIn(session: SessionAnswer): void {
    store.set({ session });
    live.start();
    void live.select(routeInAddress());
  },
  async logOut(): Promise<void> {
    live.stop();
    await send('session', { method: 'DELETE' }).catch(() => undefined);
    store.set({ session: null, connection: 'connecting', routes: [], recent: [], entries: [], status: undefined });
  },
  filter(filter: string): void {
    store.set({ filter });
  },
  refresh: live.refresh.bind(live),
};

addEventListener('hashchange', () => void live.select(routeInAddress()));
void begin();

async function begin(): Promise<void> {
  try {
    actions.loggedIn(await read<SessionAnswer>('session'));
  } catch {
    store.set({ session: null });
  }
}

function routeInAddress(): string | undefined {
  const match = /^#\/routes\/(.+)$/.exec(location.hash);
  return match ? decodeURIComponent(match[1]!) : undefined;
}
