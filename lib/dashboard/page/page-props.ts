import type { State } from './store.js';
import type { RouteStatus, Session } from './wire.js';

/** What people can do to the page. */
export interface Actions {
  loggedIn(session: Session): void;
  logOut(): Promise<void>;
  filter(filter: string): void;
  refresh(status?: RouteStatus): void;
}

export interface PageProps {
  readonly state: State;
  readonly actions: Actions;
}
