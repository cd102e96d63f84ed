import { Controller, Get, Headers, Inject, Query, Req, Res, UseFilters, UseGuards } from '@nestjs/common';
import { z } from 'zod';
import type { JournalEntry } from '../../domain/events.js';
import type { Journal } from '../../journal/journal.js';
import { AlertService } from '../../records/alert.service.js';
import { JOURNAL } from '../../tokens.js';
import { Shutdown } from '../../health/shutdown.js';
import { GatewayErrorFilter } from '../gateway-error.filter.js';
import { NeedsScope, ScopeGuard } from '../scope.guard.js';
import { Operation } from '../openapi/operation.js';
import { takeOver, type HttpReply } from '../server-response.js';
import { auditPage } from './answers/records.js';
import { parsed } from './parse.js';
import { snakeCased } from './snake-case.js';

const query = z.object({
  route: z.string().optional(),
  from_revision: z.coerce.number().int().min(1).default(1),
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
});

const HEARTBEAT = 15_000;
/** Characters that wait for a client that does not read; beyond it the connection is cut. */
const MAX_WAITING = 1_048_576;

/** The journal: what was changed, when, by whom, why and on which figures. */
@Controller()
@NeedsScope('read')
@UseGuards(ScopeGuard)
@UseFilters(GatewayErrorFilter)
export class AuditController {
  constructor(
    @Inject(JOURNAL) private readonly journal: Journal,
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
    const heartbeat = setInterval(() => response.write(': still here\n\n'), HEARTBEAT);
    const from = last !== undefined && Number.isSafeInteger(known) ? known + 1 : await this.#next();
    const send = (fields: string, data: unknown): void => {
      response.write(`${fields}\ndata: ${JSON.stringify(data)}\n\n`);
      if (response.writableLength > MAX_WAITING) response.destroy();
    };
    const told = this.alerts.alerts$.subscribe((alert) => send('event: alert', snakeCased(alert)));
    const stop = await this.journal.follow(from, (entry) => {
      send(`event: ${entry.type}\nid: ${entry.revision}`, entry);
    });
    const finish = (): void => void response.end();
    const { drained } = this.shutdown;
    const end = (): void => {
      clearInterval(heartbeat);
      told.unsubscribe();
      stop();
      drained.removeEventListener('abort', finish);
    };
    if (response.closed) end();
    else response.once('close', end);
    // Clients come back by themselves, to a process that goes on.
    if (drained.aborted) finish();
    else drained.addEventListener('abort', finish);
  }

  async #next(): Promise<number> {
    let { revision } = await this.journal.snapshot();
    for await (const entry of this.journal.read(revision + 1)) revision = entry.revision;
    return revision + 1;
  }
}
