import type { PageState } from './store.js';
import type { StatusAnswer } from '../../http/control/answers/status.js';
import type { SessionAnswer } from '../answers.js';

/** The actions of the page. */
export interface Actions {
  loggedIn(session: SessionAnswer): void;
  logOut(): Promise<void>;
  filter(filter: string): void;
  refresh(status?: StatusAnswer): void;
}

export interface PageProps {
  readonly state: PageState;
  readonly actions: Actions;
}
