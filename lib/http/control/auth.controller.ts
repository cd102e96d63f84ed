import { Body, Controller, HttpCode, Post, Req, UseFilters, UseGuards } from '@nestjs/common';
import { z } from 'zod';
import { HealthMonitor } from '../../health/health-monitor.js';
import { RolloutService } from '../../rollout/rollout.service.js';
import { GatewayErrorFilter } from '../gateway-error.filter.js';
import { JsonBodyGuard } from '../json-body.guard.js';
import { Operation } from '../openapi/operation.js';
import { knownCaller, NeedsScope, ScopeGuard } from '../scope.guard.js';
import { keyAnswer } from './answers/records.js';
import { parsed } from './parse.js';

const body = z.strictObject({ testModel: z.string().min(1).optional(), dryRun: z.boolean().default(false) });

/** Whether a key is good, and whether the provider behind a route takes ours. */
@Controller()
@NeedsScope('read')
@UseGuards(ScopeGuard, JsonBodyGuard)
@UseFilters(GatewayErrorFilter)
export class AuthController {
  constructor(
    private readonly monitor: HealthMonitor,
    private readonly rollouts: RolloutService,
  ) {}

  /** With `dryRun` the caller's own key alone; else the live environment of the route `testModel` is asked, too. */
  @Post('auth/validate')
  @HttpCode(200)
  @Operation({
    summary: 'Whether the key is good, and the provider behind a route takes ours.',
    body,
    answer: keyAnswer,
    errors: [404],
  })
  async validate(@Body() input: unknown, @Req() request: object) {
    const { testModel, dryRun } = parsed(body, input);
    const limit = knownCaller(request)?.rateLimit;
    const answer = {
      quota: null,
      rateLimit: limit ? { requests: limit.requests, perMs: limit.per } : null,
      expiresAt: null,
    };
    const alias = testModel ?? this.rollouts.routes[0];
    if (dryRun || alias === undefined) return { valid: true, ...answer, error: null };
    const { status, tier, message } = await this.monitor.check(alias, this.rollouts.route(alias).active);
    const error = status === 'down' ? { code: `upstream_${tier ?? 'connectivity'}`, message } : null;
    return { valid: error === null, ...answer, error };
  }
}
