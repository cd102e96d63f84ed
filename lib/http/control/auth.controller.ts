import { Body, Controller, HttpCode, Post, Req, UseFilters, UseGuards } from '@nestjs/common';
import { z } from 'zod';
import { UnknownRouteError } from '../../domain/errors.js';
import { HealthMonitor } from '../../health/health-monitor.js';
import { RolloutService } from '../../rollout/rollout.service.js';
import { GatewayErrorFilter } from '../gateway-error.filter.js';
import { JsonBodyGuard } from '../json-body.guard.js';
import { Operation } from '../openapi/operation.js';
import { knownCaller, NeedsScope, ScopeGuard } from '../keys/scope.guard.js';
import { keyAnswer } from './answers/records.js';
import { parsed } from './parse.js';

const body = z.strictObject({ testModel: z.string().min(1).optional(), dryRun: z.boolean().default(false) });

interface Asked {
  readonly alias: string;
  readonly environment: string;
}

/** Checks the caller's key, and our key at the provider of a route. */
@Controller()
@NeedsScope('any')
@UseGuards(ScopeGuard, JsonBodyGuard)
@UseFilters(GatewayErrorFilter)
export class AuthController {
  constructor(
    private readonly monitor: HealthMonitor,
    private readonly rollouts: RolloutService,
  ) {}

  /**
   * With `dryRun`, and for a key without the scope `read`, only the caller's own key is checked. Otherwise an
   * environment is asked as well: the live one of the route `testModel`, or one with a model of that name.
   *
   * @throws {UnknownRouteError} when there is neither.
   */
  @Post('auth/validate')
  @HttpCode(200)
  @Operation({
    summary: 'Checks the key, and our key at the provider of a route.',
    body,
    answer: keyAnswer,
    errors: [404],
  })
  async validate(@Body() input: unknown, @Req() request: object) {
    const { testModel, dryRun } = parsed(body, input);
    const caller = knownCaller(request);
    const mayAsk = caller?.scopes.includes('read') === true;
    const limit = caller?.rateLimit;
    const answer = {
      quota: null,
      rateLimit: limit ? { requests: limit.requests, perMs: limit.per } : null,
      expiresAt: null,
    };
    const asked = this.#asked(testModel, mayAsk);
    if (dryRun || !mayAsk || !asked) return { valid: true, ...answer, error: null };
    const { status, tier, message } = await this.monitor.check(asked.alias, asked.environment);
    const error = status === 'down' ? { code: `upstream_${tier ?? 'connectivity'}`, message } : null;
    return { valid: error === null, ...answer, error };
  }

  /** Only a key that may read can name a model; every caller knows the aliases. */
  #asked(testModel: string | undefined, mayRead: boolean): Asked | undefined {
    const { routes } = this.rollouts;
    const alias = testModel === undefined ? routes[0] : routes.find((name) => name === testModel);
    if (alias !== undefined) return { alias, environment: this.rollouts.route(alias).active };
    if (testModel === undefined) return undefined;
    const models = mayRead ? routes.flatMap((name) => this.#modelsOf(name)) : [];
    const found = models.find(({ model }) => model === testModel);
    if (!found) throw new UnknownRouteError(testModel, [...new Set([...routes, ...models.map(({ model }) => model)])]);
    return found;
  }

  #modelsOf(alias: string): (Asked & { readonly model: string })[] {
    const { environments } = this.rollouts.route(alias);
    return Object.entries(environments).map(([environment, { version }]) => {
      return { alias, environment, model: version.model };
    });
  }
}
