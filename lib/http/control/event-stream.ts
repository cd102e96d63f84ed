import type { ServerResponse } from 'node:http';
import type { JournalEntry } from '../../domain/events.js';
import type { CallerSignal } from '../../kit/caller-signal.js';
import type { Journal } from '../../journal/journal.js';
import type { AlertService } from '../../records/alert.service.js';
import type { StateStore } from '../../rollout/state-store.js';
import { STREAM_HEADERS } from '../../router/stream-headers.js';
import { drained } from '../server-response.js';
import { snakeCased } from './snake-case.js';

const HEARTBEAT = 15_000;
/** Characters that may wait for a client that does not read. Above it the connection is cut. */
const MAX_WAITING = 1_048_576;
/** Revisions that another replica may be ahead of this one. */
const FURTHEST = 1_000;

/** The sources of a stream of events. */
export interface EventSources {
  readonly journal: Journal;
  readonly store: Pick<StateStore, 'state' | 'entries$'>;
  readonly alerts: Pick<AlertService, 'alerts$'>;
  /** Aborts when the process ends. */
  readonly end: CallerSignal;
}

/** Journal entries and alerts as server-sent events, to one client. */
export class EventStream {
  constructor(
    private readonly response: ServerResponse,
    private readonly sources: EventSources,
  ) {}

  /** @param last the revision that the client has seen: later entries are sent first. `undefined`: news only. */
  async open(last: number | undefined): Promise<void> {
    const { alerts, end, store } = this.sources;
    this.response.writeHead(200, STREAM_HEADERS);
    if (this.response.req.method === 'HEAD') {
      this.response.end();
      return;
    }
    this.response.flushHeaders();
    this.response.write(': hello\n\n');
    const told = alerts.alerts$.subscribe((alert) => this.#send('event: alert', alert));
    this.#whenClosed(() => told.unsubscribe());
    // Clients reconnect by themselves, to a process that is up.
    const finish = (): void => void this.response.end();
    if (end.aborted) finish();
    end.addEventListener('abort', finish);
    this.#whenClosed(() => end.removeEventListener('abort', finish));
    const { revision } = store.state;
    // Another replica may be a little ahead; an id of another journal would keep everything from the client.
    let next = (last === undefined || last > revision + FURTHEST ? revision : last) + 1;
    try {
      while (this.#isOpen && next <= store.state.revision) next = await this.#replay(next);
    } catch {
      // The headers are sent. The client reconnects and asks for the same.
      finish();
    }
    if (this.#isOpen) this.#follow(next);
  }

  /** Subscribes in the same turn in which the revision was compared: no entry falls in between. */
  #follow(next: number): void {
    const entries = this.sources.store.entries$.subscribe((entry) => {
      if (entry.revision >= next) this.#send(fieldsOf(entry), entry);
    });
    const heartbeat = setInterval(() => this.#write(': still here\n\n'), HEARTBEAT);
    this.#whenClosed(() => {
      clearInterval(heartbeat);
      entries.unsubscribe();
    });
  }

  /** Sends the entries so far, as fast as the client reads. @returns the revision after the last one. */
  async #replay(from: number): Promise<number> {
    let next = this.sources.store.state.revision + 1;
    for await (const entry of this.sources.journal.read(from)) {
      if (!this.#isOpen) break;
      const goesOn = this.response.write(eventOf(fieldsOf(entry), entry));
      next = Math.max(next, entry.revision + 1);
      if (!goesOn) await drained(this.response);
    }
    return next;
  }

  #send(fields: string, data: unknown): void {
    this.#write(eventOf(fields, data));
    if (this.response.writableLength > MAX_WAITING) this.response.destroy();
  }

  #write(text: string): void {
    if (this.#isOpen) this.response.write(text);
  }

  get #isOpen(): boolean {
    return !this.response.writableEnded && !this.response.destroyed;
  }

  #whenClosed(then: () => void): void {
    if (this.response.closed) then();
    else this.response.once('close', then);
  }
}

function fieldsOf({ type, revision }: JournalEntry): string {
  return `event: ${type}\nid: ${revision}`;
}

function eventOf(fields: string, data: unknown): string {
  return `${fields}\ndata: ${JSON.stringify(snakeCased(data))}\n\n`;
}
