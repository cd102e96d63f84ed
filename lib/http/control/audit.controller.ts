import type { ServerResponse } from 'node:http';
import { Controller, Get, Headers, Inject, Query, Req, Res, UseFilters, UseGuards } from '@nestjs/common';
import { z } from 'zod';
import type { JournalEntry } from '../../domain/events.js';
import type { Journal } from '../../journal/journal.js';
import { AlertService } from '../../records/alert.service.js';
import { StateStore } from '../../rollout/state-store.js';
import { JOURNAL } from '../../tokens.js';
import { Shutdown } from '../../health/shutdown.js';
import { GatewayErrorFilter } from '../gateway-error.filter.js';
import { NeedsScope, ScopeGuard } from '../keys/scope.guard.js';
import { Operation } from '../openapi/operation.js';
import { drained, takeOver, type HttpReply } from '../server-response.js';
import { auditPage } from './answers/records.js';
import { parsed } from './parse.js';
import { snakeCased } from './snake-case.js';

const query = z.object({
  route: z.string().optional(),
  from_revision: z.coerce.number().int().min(1).default(1),
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
});

const HEARTBEAT = 15_000;
/** Characters of news that wait for a client that does not read; beyond it the connection is cut. */
const MAX_WAITING = 1_048_576;

/** The journal: what was changed, when, by whom, why and on which figures. */
@Controller()
@NeedsScope('read')
@UseGuards(ScopeGuard)
@UseFilters(GatewayErrorFilter)
export class AuditController {
  constructor(
    @Inject(JOURNAL) private readonly journal: Journal,
    private readonly store: StateStore,
    private readonly alerts: AlertService,
    private readonly shutdown: Shutdown,
  ) {}

  @Get('audit')
  @Operation({ summary: 'What was changed, when, by whom and why.', query, answer: auditPage })
  async audit(@Query() input: unknown) {
    const { route, from_revision, limit } = parsed(query, input);
    const data: JournalEntry[] = [];
    let next = from_revision;
    for await (const entry of this.journal.read(from_revision)) {
      if (data.length >= limit) break;
      next = entry.revision + 1;
      if (route === undefined || entry.route === route) data.push(entry);
    }
    return { object: 'list', data, next_revision: next };
  }

  /**
   * Entries and alerts as they come, as server-sent events. `Last-Event-ID` is a revision: entries behind it are sent
   * first. An alert has no id, so that it moves nobody's place in the journal.
   */
  @Get('events')
  @Operation({ summary: 'Journal entries and alerts as they come.', answer: auditPage, events: 'only' })
  async events(@Headers('last-event-id') last: string | undefined, @Req() _: object, @Res() reply: HttpReply) {
    const known = Number(last);
    const response = takeOver(reply);
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' });
    response.write(': hello\n\n');
    const write = (text: string): void => void (isOpen(response) && response.write(text));
    const send = (fields: string, data: unknown): void => {
      write(eventOf(fields, data));
      if (response.writableLength > MAX_WAITING) response.destroy();
    };
    const alerts = this.alerts.alerts$.subscribe((alert) => send('event: alert', snakeCased(alert)));
    // Clients come back by themselves, to a process that goes on.
    const finish = (): void => void response.end();
    const { drained: end } = this.shutdown;
    if (end.aborted) finish();
    end.addEventListener('abort', finish);
    whenClosed(response, () => {
      alerts.unsubscribe();
      end.removeEventListener('abort', finish);
    });
    let next = last !== undefined && Number.isSafeInteger(known) ? known + 1 : this.store.state.revision + 1;
    try {
      while (isOpen(response) && next <= this.store.state.revision) next = await this.#replay(response, next);
    } catch {
      // The head is out: it comes back, and asks for the same.
      finish();
    }
    if (!isOpen(response)) return;
    // In the same turn as the look at the revision: nothing comes between.
    const told = this.store.entries$.subscribe((entry) => {
      if (entry.revision >= next) send(fieldsOf(entry), entry);
    });
    const heartbeat = setInterval(() => write(': still here\n\n'), HEARTBEAT);
    whenClosed(response, () => {
      clearInterval(heartbeat);
      told.unsubscribe();
    });
  }

  /** What is known by now, as fast as the client reads it. @returns the revision behind it. */
  async #replay(response: ServerResponse, from: number): Promise<number> {
    let next = this.store.state.revision + 1;
    for await (const entry of this.journal.read(from)) {
      if (!isOpen(response)) break;
      const goesOn = response.write(eventOf(fieldsOf(entry), entry));
      next = Math.max(next, entry.revision + 1);
      if (!goesOn) await drained(response);
    }
    return next;
  }
}

function fieldsOf({ type, revision }: JournalEntry): string {
  return `event: ${type}\nid: ${revision}`;
}

function eventOf(fields: string, data: unknown): string {
  return `${fields}\ndata: ${JSON.stringify(data)}\n\n`;
}

function isOpen({ writableEnded, destroyed }: ServerResponse): boolean {
  return !writableEnded && !destroyed;
}

function whenClosed(response: ServerResponse, then: () => void): void {
  if (response.closed) then();
  else response.once('close', then);
}
