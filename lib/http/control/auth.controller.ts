import { Body, Controller, HttpCode, Post, Req, UseFilters, UseGuards } from '@nestjs/common';
import { z } from 'zod';
import { UnknownRouteError } from '../../domain/errors.js';
import { HealthMonitor } from '../../health/health-monitor.js';
import { BudgetService } from '../../money/budget.service.js';
import { RolloutService } from '../../rollout/rollout.service.js';
import { GatewayErrorFilter } from '../gateway-error.filter.js';
import { JsonBodyGuard } from '../json-body.guard.js';
import { Operation } from '../openapi/operation.js';
import { knownCaller } from '../keys/key-gate.js';
import { NeedsScope, ScopeGuard } from '../keys/scope.guard.js';
import { keyAnswer, type KeyAnswer } from './answers/records.js';
import { BadKeyFilter } from './bad-key.filter.js';
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
@UseFilters(GatewayErrorFilter, BadKeyFilter)
export class AuthController {
  constructor(
    private readonly monitor: HealthMonitor,
    private readonly rollouts: RolloutService,
    private readonly money: BudgetService,
  ) {}

  /**
   * A key with the scope `read` learns of a provider as well: of the live environment of the route `testModel`, or of
   * one with a model of that name. It is asked now, or with `dryRun` not at all: the answer says what was last seen,
   * and when.
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
    badKey: { name: 'BadKey', schema: keyAnswer },
  })
  async validate(@Body() input: unknown, @Req() request: object): Promise<KeyAnswer> {
    const { testModel, dryRun } = parsed(body, input);
    const caller = knownCaller(request);
    const mayAsk = caller?.scopes.includes('read') === true;
    const { rateLimit: limit, expiresAt } = caller ?? {};
    const own = {
      rateLimit: limit ? { requests: limit.requests, per_ms: limit.per } : null,
      expiresAt: expiresAt === undefined ? null : new Date(expiresAt).toISOString(),
    };
    const asked = this.#asked(testModel, mayAsk);
    if (!mayAsk || !asked) return { valid: true, quota: null, ...own, checked_at: null, error: null };
    const { alias, environment } = asked;
    const quota = (await this.money.left(alias)) ?? null;
    const seen = dryRun ? this.monitor.known(alias, environment) : await this.monitor.ask(alias, environment);
    const checkedAt = seen ? new Date(seen.at).toISOString() : null;
    const error =
      seen?.health.status === 'down'
        ? `The upstream of ${environment} failed its check (${seen.health.tier ?? 'connectivity'}): ${seen.health.message}.`
        : null;
    return { valid: error === null, quota, ...own, checked_at: checkedAt, error };
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
