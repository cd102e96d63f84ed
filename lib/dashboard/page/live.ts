import { EventSourceParserStream } from 'eventsource-parser/stream';
import { read, RefusedRequest, send } from './api.js';
import { PANELS } from './panels.js';
import { MAX_ENTRIES, type Store } from './store.js';
import type { AlertAnswer } from '../../http/control/answers/kept.js';
import type { EntryAnswer } from '../../http/control/answers/records.js';
import type { StatusAnswer } from '../../http/control/answers/status.js';
import type { RouteRows } from '../answers.js';

interface List<Item> {
  readonly data: readonly Item[];
}
type Audit = List<EntryAnswer> & { readonly next_revision: number };

/** Entries are passed on in batches, milliseconds: a frame draws many as fast as one. */
const BATCH = 50;
const TICK = 1_000;
/** The longest wait before the next attempt to reach the server. */
const MAX_WAIT = 10_000;
/** Revisions that are read back when a route is opened. */
const LOOK_BACK = 5_000;

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits, but at most until the browser is online again. */
function waitOrOnline(ms: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    addEventListener('online', done);
    function done(): void {
      clearTimeout(timer);
      removeEventListener('online', done);
      resolve();
    }
  });
}

/** Keeps the store up to date during a session: events are pushed, figures are polled. */
export class Live {
  #generation = 0;
  #ticks = 0;
  #routesAreOld = true;
  #statusIsOld = true;
  #alertsAreOld = true;
  #batch: EntryAnswer[] = [];

  constructor(private readonly store: Store) {}

  start(): void {
    const generation = ++this.#generation;
    this.#ticks = 0;
    void this.#follow(generation);
    void this.#poll(generation);
  }

  stop(): void {
    this.#generation++;
  }

  /** Opens a route; `undefined` closes it. */
  async select(selected: string | undefined): Promise<void> {
    const fresh = { status: undefined, answers: {}, entries: [] };
    this.store.set({ selected, ...fresh });
    if (selected === undefined || !this.store.state.session) return;
    await this.#asked(() => this.#readRoute(selected));
  }

  /** Reads again with the next tick, as after a command. */
  refresh(status?: StatusAnswer): void {
    if (status && status.route === this.store.state.selected) this.store.set({ status });
    this.#routesAreOld = this.#statusIsOld = true;
  }

  async #readRoute(route: string): Promise<void> {
    const path = encodeURIComponent(route);
    const [status] = await Promise.all([read<StatusAnswer>(`api/rollouts/${path}`), this.#readPanels(route)]);
    const entries = await this.#history(route, Math.max(1, status.revision - LOOK_BACK));
    if (this.store.state.selected !== route) return;
    const newest = entries[0]?.revision ?? 0;
    const since = this.store.state.entries.filter(({ revision }) => revision > newest);
    this.store.set({ status, entries: [...since, ...entries].slice(0, MAX_ENTRIES) });
  }

  async #history(route: string, from: number): Promise<EntryAnswer[]> {
    const entries: EntryAnswer[] = [];
    for (let next = from; ;) {
      const query = new URLSearchParams({ route, from_revision: String(next), limit: '1000' });
      const page = await read<Audit>(`api/audit?${query}`);
      entries.push(...page.data);
      if (page.data.length < 1_000) return entries.toReversed();
      next = page.next_revision;
    }
  }

  async #readPanels(route: string): Promise<void> {
    const path = encodeURIComponent(route);
    const answers = PANELS.flatMap(({ source }) =>
      source === undefined
        ? []
        : [read<unknown>(`api/routes/${path}/${source}`).then((answer) => [source, answer] as const)],
    );
    const fresh = Object.fromEntries(await Promise.all(answers));
    if (this.store.state.selected === route) this.store.set({ answers: fresh });
  }

  async #poll(generation: number): Promise<void> {
    for (; generation === this.#generation; await wait(TICK)) {
      if (document.hidden && this.#ticks > 0) continue;
      await this.#asked(() => this.#tick(this.#ticks++));
    }
  }

  async #tick(tick: number): Promise<void> {
    const { selected } = this.store.state;
    if (this.#routesAreOld || tick % 5 === 0) {
      await this.#readRoutes();
    }
    if (selected !== undefined && (this.#statusIsOld || tick % 2 === 0)) {
      this.#statusIsOld = false;
      const status = await read<StatusAnswer>(`api/rollouts/${encodeURIComponent(selected)}`);
      if (this.store.state.selected === selected) this.store.set({ status });
    }
    if (selected !== undefined && tick % 5 === 3) await this.#readPanels(selected);
    if (this.#alertsAreOld || tick % 5 === 0) await this.#readAlerts();
  }

  /** @returns the revision of the list. */
  async #readRoutes(): Promise<number> {
    this.#routesAreOld = false;
    const { data, revision } = await read<RouteRows>('api/routes');
    this.store.set({ routes: data });
    return revision;
  }

  async #readAlerts(): Promise<void> {
    this.#alertsAreOld = false;
    const { data } = await read<List<AlertAnswer>>('api/alerts');
    this.store.set({ alerts: data });
  }

  /** Follows the journal. A stream that breaks is resumed after the last entry received. */
  async #follow(generation: number): Promise<void> {
    let last: number | undefined;
    for (let failed = 0; generation === this.#generation; failed++) {
      if (failed > 0) await waitOrOnline(Math.min(MAX_WAIT, 250 * 2 ** Math.min(failed - 1, 6)));
      await this.#asked(async () => {
        // Starts at the revision of the list: no entry is missed if the stream breaks before its first event.
        last ??= await this.#readRoutes();
        const stop = new AbortController();
        const headers = { 'last-event-id': String(last) };
        const { body } = await send('api/events', { headers, signal: stop.signal });
        this.store.set({ connection: 'live' });
        this.refresh();
        const events = body!.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
        const reader = events.getReader();
        for (;;) {
          const { done, value } = await reader.read();
          if (done || generation !== this.#generation) break;
          failed = 0;
          if (value.event === 'alert') this.#alertsAreOld = true;
          // Only journal entries have an id.
          if (value.id === undefined) continue;
          const entry = JSON.parse(value.data) as EntryAnswer;
          last = entry.revision;
          this.#take(entry);
        }
        stop.abort();
      });
      if (generation === this.#generation) this.store.set({ connection: 'lost' });
    }
  }

  #take(entry: EntryAnswer): void {
    if (this.#batch.push(entry) > 1) return;
    setTimeout(() => {
      const batch = this.#batch;
      this.#batch = [];
      this.store.add(batch);
      this.#routesAreOld = this.#alertsAreOld = true;
      if (batch.some(({ route }) => route === this.store.state.selected)) this.#statusIsOld = true;
    }, BATCH);
  }

  /** Shows the login when the session has ended. After any other error the next tick tries again. */
  async #asked(ask: () => Promise<void>): Promise<void> {
    try {
      await ask();
    } catch (error) {
      if (!(error instanceof RefusedRequest) || error.status !== 401) return;
      this.stop();
      this.store.set({ session: null, connection: 'connecting' });
    }
  }
}
