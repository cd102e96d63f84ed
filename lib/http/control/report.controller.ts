import { Controller, Get, Inject, Param, Query, Res, UseFilters, UseGuards } from '@nestjs/common';
import { z } from 'zod';
import type { Clock } from '../../kit/clock.js';
import { RolloutStateError } from '../../domain/errors.js';
import { concerns, type JournalEntry } from '../../domain/events.js';
import type { Journal } from '../../journal/journal.js';
import { reportHtml, REPORT_POLICY } from '../../report/report-html.js';
import { reportMarkdown } from '../../report/report-markdown.js';
import { rolloutEntries, type RolloutEntries } from '../../report/rollout-entries.js';
import { rolloutReport } from '../../report/rollout-report.js';
import type { ReportArm, ReportQuality } from '../../report/report.js';
import { RolloutService } from '../../rollout/rollout.service.js';
import { ShadowService } from '../../shadow/shadow.service.js';
import { VersionHistory } from '../../telemetry/version-history.js';
import { CLOCK, JOURNAL } from '../../tokens.js';
import { GatewayErrorFilter } from '../gateway-error.filter.js';
import { Operation } from '../openapi/operation.js';
import { NeedsScope, ScopeGuard } from '../keys/scope.guard.js';
import { takeOver, type HttpReply } from '../server-response.js';
import { parsed } from './parse.js';

const query = z.object({ format: z.enum(['html', 'md']).default('html'), rollout: z.string().optional() });

/** One page about one rollout, to share. */
@Controller()
@NeedsScope('read')
@UseGuards(ScopeGuard)
@UseFilters(GatewayErrorFilter)
export class ReportController {
  constructor(
    private readonly rollouts: RolloutService,
    private readonly shadows: ShadowService,
    private readonly history: VersionHistory,
    @Inject(JOURNAL) private readonly journal: Journal,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * The newest rollout, or the one with this id. The figures are those of this process and of the versions that are in
   * the slots now.
   *
   * @throws {UnknownRouteError}
   * @throws {RolloutStateError} when the journal does not have its start.
   */
  @Get('rollouts/:route/report')
  @Operation({
    summary: 'One page about one rollout, to share.',
    query,
    answer: z.string(),
    media: ['text/html', 'text/markdown'],
    errors: [404, 409],
  })
  async report(@Param('route') alias: string, @Query() input: unknown, @Res() reply: HttpReply): Promise<void> {
    const { format, rollout: id } = parsed(query, input);
    const { environments } = this.rollouts.route(alias);
    const rollout = rolloutEntries(await this.#entries(alias), id);
    if (!rollout) {
      const remedy = 'Start one. Entries that the journal has dropped cannot be reported.';
      throw new RolloutStateError(`The journal has no such rollout of route "${alias}".`, remedy);
    }
    const { from, to } = rollout.started;
    const arm = (environment: string): ReportArm => {
      // A later configuration may have removed the slot.
      const version = environments[environment]?.version ?? { tag: 'unknown', model: 'unknown' };
      return {
        environment,
        version: version.tag,
        model: version.model,
        slices: this.#slices(environment, version.tag, rollout),
      };
    };
    const now = this.clock.now();
    const report = rolloutReport({ rollout, from: arm(from), to: arm(to), quality: this.#quality(alias, to), now });
    const isHtml = format === 'html';
    takeOver(reply)
      .writeHead(200, {
        'content-type': isHtml ? 'text/html; charset=utf-8' : 'text/markdown; charset=utf-8',
        'content-disposition': `attachment; filename="rollout-${alias.replace(/[^\w.-]+/g, '-')}.${format}"`,
        'content-security-policy': REPORT_POLICY,
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
      })
      .end(isHtml ? reportHtml(report) : reportMarkdown(report));
  }

  #slices(environment: string, version: string, { started, endedAt }: RolloutEntries) {
    return this.history.slices({ route: started.route, environment, version }, started.at, endedAt);
  }

  #quality(alias: string, to: string): ReportQuality | undefined {
    const { environment, compared, meanSimilarity } = this.shadows.shadowReport(alias);
    return environment === to && compared > 0 ? { compared, meanSimilarity } : undefined;
  }

  async #entries(alias: string): Promise<JournalEntry[]> {
    const entries: JournalEntry[] = [];
    for await (const entry of this.journal.read(1)) if (concerns(entry, alias)) entries.push(entry);
    return entries;
  }
}
