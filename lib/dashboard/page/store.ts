import type { Alert, Entry, RouteRow, RouteStatus, Session, Shadow, Timelines } from './wire.js';

/** Everything the page shows. */
export interface State {
  /** `undefined` until the server has said; `null`: nobody is logged in. */
  readonly session: Session | null | undefined;
  readonly connection: 'connecting' | 'live' | 'lost';
  readonly routes: readonly RouteRow[];
  /** The route that is looked at. */
  readonly selected: string | undefined;
  readonly status: RouteStatus | undefined;
  readonly timelines: Timelines;
  readonly shadow: Shadow | undefined;
  /** `undefined`: this server has none. */
  readonly alerts: readonly Alert[] | undefined;
  /** Of all routes, the newest first. */
  readonly recent: readonly Entry[];
  /** Of the route that is looked at, the newest first. */
  readonly entries: readonly Entry[];
  readonly filter: string;
}

const initial: State = {
  session: undefined,
  connection: 'connecting',
  routes: [],
  selected: undefined,
  status: undefined,
  timelines: {},
  shadow: undefined,
  alerts: undefined,
  recent: [],
  entries: [],
  filter: '',
};

/** Entries of all routes that are kept; beyond it the oldest goes. */
const MAX_RECENT = 200;
/** The same of one route. */
export const MAX_ENTRIES = 1_000;

/** Holds the state. However often it changes, it is drawn once a frame. */
export class Store {
  #state: State = initial;
  #waiting = false;

  constructor(private readonly draw: (state: State) => void) {}

  get state(): State {
    return this.#state;
  }

  set(change: Partial<State>): void {
    this.#state = { ...this.#state, ...change };
    if (this.#waiting) return;
    this.#waiting = true;
    requestAnimationFrame(() => {
      this.#waiting = false;
      this.draw(this.#state);
    });
  }

  /** Takes in entries as they come about: the journal grows, weights move. */
  add(fresh: readonly Entry[]): void {
    const { recent, entries, routes, selected, status } = this.#state;
    const known = recent[0]?.revision ?? 0;
    const added = fresh.filter(({ revision }) => revision > known).toReversed();
    if (added.length === 0) return;
    const moved = new Map<string, Entry>();
    for (const entry of added) {
      if (entry.route !== undefined && entry.weights && !moved.has(entry.route)) moved.set(entry.route, entry);
    }
    const own = added.filter(({ route }) => route === selected);
    const now = status && moved.get(status.route);
    this.set({
      recent: [...added, ...recent].slice(0, MAX_RECENT),
      ...(own.length > 0 && { entries: [...own, ...entries].slice(0, MAX_ENTRIES) }),
      ...(moved.size > 0 && { routes: routes.map((row) => withWeights(row, moved.get(row.route))) }),
      ...(now && { status: withWeights(status, now) }),
    });
  }
}

function withWeights<Row extends RouteRow | RouteStatus>(row: Row, entry: Entry | undefined): Row {
  return entry?.weights ? { ...row, weights: entry.weights, active: entry.active ?? row.active } : row;
}
