import { Controller, Get, Headers, Inject, Query, Res, UseFilters, UseGuards } from '@nestjs/common';
import { z } from 'zod';
import { concerns, type JournalEntry } from '../../domain/events.js';
import type { Journal } from '../../journal/journal.js';
import { AlertService } from '../../records/alert.service.js';
import { StateStore } from '../../rollout/state-store.js';
import { JOURNAL } from '../../tokens.js';
import { Shutdown } from '../../health/shutdown.js';
import { GatewayErrorFilter } from '../gateway-error.filter.js';
import { NeedsScope, ScopeGuard } from '../keys/scope.guard.js';
import { Operation } from '../openapi/operation.js';
import { takeOver, type HttpReply } from '../server-response.js';
import { auditPage } from './answers/records.js';
import { EventStream } from './event-stream.js';
import { parsed } from './parse.js';
import { snakeCased } from './snake-case.js';

const query = z.object({
  route: z.string().optional(),
  from_revision: z.coerce.number().int().min(1).max(1e15).default(1),
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
});

/** The journal: every change with its time, author, reason and figures. */
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
  @Operation({ summary: 'Every change: what, when, by whom and why.', query, answer: auditPage })
  async audit(@Query() input: unknown) {
    const { route, from_revision, limit } = parsed(query, input);
    const data: JournalEntry[] = [];
    let next = from_revision;
    for await (const entry of this.journal.read(from_revision)) {
      if (data.length >= limit) break;
      next = entry.revision + 1;
      if (route === undefined || concerns(entry, route)) data.push(entry);
    }
    return { object: 'list', data: snakeCased(data), next_revision: next };
  }

  /**
   * Entries and alerts as server-sent events. `Last-Event-ID` is a revision: later entries are sent first. An alert
   * has no id, so that a client keeps its place in the journal.
   */
  @Get('events')
  @Operation({ summary: 'Journal entries and alerts as they happen.', answer: auditPage, events: 'only' })
  async events(@Headers('last-event-id') last: string | undefined, @Res() reply: HttpReply) {
    const { journal, store, alerts, shutdown } = this;
    const stream = new EventStream(takeOver(reply), { journal, store, alerts, end: shutdown.drained });
    // An id that is not one of ours says nothing of what the client has seen.
    await stream.open(last !== undefined && /^\d{1,15}$/.test(last) ? Number(last) : undefined);
  }
}
