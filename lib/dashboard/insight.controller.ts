import { Controller, Get, Inject, Param, Query, UseFilters, UseGuards } from '@nestjs/common';
import { z } from 'zod';
import type { Clock } from '../kit/clock.js';
import { parsed } from '../http/control/parse.js';
import { snakeCased } from '../http/control/snake-case.js';
import { GatewayErrorFilter } from '../http/gateway-error.filter.js';
import { NeedsScope, ScopeGuard } from '../http/keys/scope.guard.js';
import { AlertService } from '../records/alert.service.js';
import { RolloutService } from '../rollout/rollout.service.js';
import { ShadowService } from '../shadow/shadow.service.js';
import { VersionHistory } from '../telemetry/version-history.js';
import { CLOCK } from '../tokens.js';
import type { RouteRows, TimelinesAnswer } from './answers.js';
import { timelineOf } from './timeline.js';

const MINUTE = 60_000;
const ALERTS = 100;

const query = z.object({ minutes: z.coerce.number().int().min(1).max(4_320).default(120) });

/** Data that only the page needs. */
@Controller()
@NeedsScope('read')
@UseGuards(ScopeGuard)
@UseFilters(GatewayErrorFilter)
export class InsightController {
  constructor(
    private readonly rollouts: RolloutService,
    private readonly shadows: ShadowService,
    private readonly history: VersionHistory,
    private readonly alertService: AlertService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** All routes without figures: those take too long for hundreds of routes. */
  @Get('routes')
  routes(): RouteRows {
    const data = this.rollouts.routes.map((alias) => {
      const { active, weights, rollout } = this.rollouts.route(alias);
      return {
        route: alias,
        active,
        weights,
        from: rollout?.from ?? null,
        to: rollout?.to ?? null,
        phase: rollout?.phase.name ?? null,
        final_weight: rollout?.phase.name === 'Succeeded' ? (rollout.phase.weight ?? null) : null,
      };
    });
    return { object: 'list', data, revision: this.rollouts.revision };
  }

  /** Figures of each environment by the minute, in this process. @throws {UnknownRouteError} */
  @Get('routes/:route/timeline')
  timeline(@Param('route') alias: string, @Query() input: unknown): TimelinesAnswer {
    const { minutes } = parsed(query, input);
    const { environments } = this.rollouts.route(alias);
    const now = this.clock.now();
    const from = now - minutes * MINUTE;
    const timelines = Object.entries(environments).map(([name, { version }]) => {
      const place = { route: alias, environment: name, version: version.tag };
      return [name, timelineOf(this.history.slices(place, from), { since: this.history.since(place), now })] as const;
    });
    return { route: alias, environments: Object.fromEntries(timelines) };
  }

  /** Newest first. Other records may contain prompts and stay out of the page. */
  @Get('alerts')
  async alerts() {
    return { object: 'list', data: snakeCased(await this.alertService.recent({ limit: ALERTS })) };
  }

  /** @throws {UnknownRouteError} */
  @Get('routes/:route/shadow')
  shadow(@Param('route') alias: string) {
    return snakeCased({ modelAlias: alias, ...this.shadows.shadowReport(alias) });
  }
}
