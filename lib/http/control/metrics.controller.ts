import { Controller, Get, Inject, Query, UseFilters, UseGuards } from '@nestjs/common';
import { z } from 'zod';
import type { Clock } from '../../kit/clock.js';
import { RolloutService } from '../../rollout/rollout.service.js';
import { VersionHistory } from '../../telemetry/version-history.js';
import { CLOCK } from '../../tokens.js';
import { GatewayErrorFilter } from '../gateway-error.filter.js';
import { Operation } from '../openapi/operation.js';
import { NeedsScope, ScopeGuard } from '../keys/scope.guard.js';
import { figure as nullable, listOf } from './answers/common.js';
import { ALL, METRICS, type Metric } from './version-metrics.js';
import { parsed, startTime, time } from './parse.js';

const namesIn = (text: string): string[] => text.split(',').map((name) => name.trim());

const query = z.object({
  version_tag: z.string().optional(),
  start_time: startTime.optional(),
  end_time: time.optional(),
  metrics: z
    .string()
    .refine((text) => namesIn(text).every((name) => Object.hasOwn(METRICS, name)), {
      error: 'names an unknown metric',
      params: { remedy: `Use: ${ALL.join(', ')}.` },
    })
    .transform((text) => namesIn(text) as Metric[])
    .default(ALL),
});

const answer = listOf(
  z.strictObject({
    version_tag: z.string(),
    ...Object.fromEntries(Object.values(METRICS).map(([name]) => [name, nullable.optional()])),
  }),
);

/** Figures per version, of the whole fleet where replicas share them. */
@Controller()
@NeedsScope('read')
@UseGuards(ScopeGuard)
@UseFilters(GatewayErrorFilter)
export class MetricsController {
  constructor(
    private readonly history: VersionHistory,
    private readonly rollouts: RolloutService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws {ValidationError} */
  @Get('metrics/versions')
  @Operation({ summary: 'Figures of every version, or of one, over a period.', query, answer })
  versions(@Query() input: unknown) {
    const { version_tag, start_time = 0, end_time = this.clock.now() + 1, metrics } = parsed(query, input);
    const tags = version_tag === undefined ? this.#tags() : [version_tag];
    return { object: 'list', data: tags.map((tag) => this.#row(tag, start_time, end_time, metrics)) };
  }

  #row(tag: string, from: number, to: number, metrics: readonly Metric[]) {
    const summary = this.history.between(tag, from, to, this.clock.now()).summary();
    const figures = metrics.map((metric) => {
      const [name, read] = METRICS[metric];
      return [name, read(summary)];
    });
    return { version_tag: tag, ...Object.fromEntries(figures) };
  }

  /** Versions that answer now, and those that did. */
  #tags(): string[] {
    const slots = this.rollouts.routes.flatMap((alias) => Object.values(this.rollouts.route(alias).environments));
    return [...new Set([...slots.map(({ version }) => version.tag), ...this.history.versions])];
  }
}
