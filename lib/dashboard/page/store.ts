import type { AlertAnswer } from '../../http/control/answers/kept.js';
import type { EntryAnswer } from '../../http/control/answers/records.js';
import type { StatusAnswer } from '../../http/control/answers/status.js';
import type { RouteRow, SessionAnswer } from '../answers.js';

/** Everything the page shows. */
export interface PageState {
  /** `undefined` until the server has answered; `null`: not logged in. */
  readonly session: SessionAnswer | null | undefined;
  readonly connection: 'connecting' | 'live' | 'lost';
  readonly routes: readonly RouteRow[];
  /** The route that is open. */
  readonly selected: string | undefined;
  readonly status: StatusAnswer | undefined;
  /** The data of the panels of the open route, by source. */
  readonly answers: Readonly<Record<string, unknown>>;
  /** `undefined` until they have been read. */
  readonly alerts: readonly AlertAnswer[] | undefined;
  /** Of all routes, the newest first. */
  readonly recent: readonly EntryAnswer[];
  /** Of the open route, the newest first. */
  readonly entries: readonly EntryAnswer[];
  readonly filter: string;
}

const initial: PageState = {
  session: undefined,
  connection: 'connecting',
  routes: [],
  selected: undefined,
  status: undefined,
  answers: {},
  alerts: undefined,
  recent: [],
  entries: [],
  filter: '',
};

/** Entries kept for all routes together; the oldest go first. */
const MAX_RECENT = 200;
/** Entries kept for the open route. */
export const MAX_ENTRIES = 1_000;

/** Holds the state and draws it at most once a frame. */
export class Store {
  #state: PageState = initial;
  #waiting = false;

  constructor(private readonly draw: (state: PageState) => void) {}

  get state(): PageState {
    return this.#state;
  }

  set(change: Partial<PageState>): void {
    this.#state = { ...this.#state, ...change };
    if (this.#waiting) return;
    this.#waiting = true;
    requestAnimationFrame(() => {
      this.#waiting = false;
      this.draw(this.#state);
    });
  }

  /** Adds new entries to the journal, and their weights to the routes. */
  add(fresh: readonly EntryAnswer[]): void {
    const { recent, entries, routes, selected, status } = this.#state;
    const known = recent[0]?.revision ?? 0;
    const added = fresh.filter(({ revision }) => revision > known).toReversed();
    if (added.length === 0) return;
    const moved = new Map<string, EntryAnswer>();
    for (const entry of added) {
      if (entry.route !== undefined && entry.weights && !moved.has(entry.route)) moved.set(entry.route, entry);
    }
    const own = added.filter(({ route, type }) => route === selected || (type === 'NoteAdded' && route === undefined));
    const now = status && moved.get(status.route);
    this.set({
      recent: [...added, ...recent].slice(0, MAX_RECENT),
      ...(own.length > 0 && { entries: [...own, ...entries].slice(0, MAX_ENTRIES) }),
      ...(moved.size > 0 && { routes: routes.map((row) => withWeights(row, moved.get(row.route))) }),
      ...(now && { status: withWeights(status, now) }),
    });
  }
}

function withWeights<Row extends RouteRow | StatusAnswer>(row: Row, entry: EntryAnswer | undefined): Row {
  return entry?.weights ? { ...row, weights: entry.weights, active: entry.active ?? row.active } : row;
}
