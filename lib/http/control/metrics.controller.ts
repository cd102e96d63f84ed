import { Controller, Get, Inject, Query, UseFilters, UseGuards } from '@nestjs/common';
import { z } from 'zod';
import { Breather } from '../../kit/breather.js';
import type { Clock } from '../../kit/clock.js';
import { RolloutService } from '../../rollout/rollout.service.js';
import type { Summary } from '../../telemetry/summary.js';
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

const figuresOf = <Figure extends z.ZodType>(figure: Figure) =>
  Object.fromEntries(Object.values(METRICS).map(([name]) => [name, figure.optional()]));

const list = listOf(z.strictObject({ version_tag: z.string(), ...figuresOf(nullable) }));

/** Asked for one version, its figures stand beside the list too, as numbers: 0 without data. */
const answer = list.extend({ version_tag: z.string().optional(), ...figuresOf(z.number()) });

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
  async versions(@Query() input: unknown) {
    const now = this.clock.now();
    const { version_tag, start_time = 0, end_time = now + 1, metrics } = parsed(query, input);
    const places = this.history.places();
    const rowOf = (tag: string, of: readonly Metric[]) => {
      return rowFrom(this.history.between(tag, start_time, end_time, now, places).summary(), tag, of);
    };
    if (version_tag === undefined) {
      const data: ReturnType<typeof rowOf>[] = [];
      const breather = new Breather();
      for (const tag of this.#tags(places)) {
        if (breather.isDue) await breather.pause();
        data.push(rowOf(tag, metrics));
      }
      return { object: 'list', data };
    }
    // The count says whether there is any data.
    const row = rowOf(version_tag, ['request_count', ...metrics]);
    const numbers = Object.entries(row).map(([name, value]) => [name, value ?? 0]);
    return { object: 'list', ...Object.fromEntries(numbers), data: [rowOf(version_tag, metrics)] };
  }

  /** Versions that answer now, and those that did. */
  #tags(places: ReadonlyMap<string, unknown>): string[] {
    const slots = this.rollouts.routes.flatMap((alias) => Object.values(this.rollouts.route(alias).environments));
    return [...new Set([...slots.map(({ version }) => version.tag), ...places.keys()])];
  }
}

function rowFrom(summary: Summary, tag: string, metrics: readonly Metric[]) {
  const figures = metrics.map((metric) => {
    const [name, read] = METRICS[metric];
    return [name, read(summary)];
  });
  return { version_tag: tag, ...Object.fromEntries(figures) };
}
