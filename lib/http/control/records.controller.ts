import { Controller, Get, Query, UseFilters, UseGuards } from '@nestjs/common';
import { z } from 'zod';
import { CONSEQUENCES, type Outcome } from '../../domain/outcome.js';
import { BudgetService } from '../../money/budget.service.js';
import { ALERT_TYPES } from '../../records/alert.js';
import { AlertService } from '../../records/alert.service.js';
import { RequestLog } from '../../records/request-log.js';
import { RolloutService } from '../../rollout/rollout.service.js';
import { ShadowService } from '../../shadow/shadow.service.js';
import { GatewayErrorFilter } from '../gateway-error.filter.js';
import { Operation } from '../openapi/operation.js';
import { NeedsScope, ScopeGuard } from '../keys/scope.guard.js';
import { alertList, budgetList, costAnswer, requestList } from './answers/kept.js';
import { shadowAnswer } from './answers/shadow.js';
import { limit, parsed, startTime, time } from './parse.js';
import { routeNamed } from './route-name.js';
import { snakeCased } from './snake-case.js';

const OUTCOMES = ['ok', ...Object.keys(CONSEQUENCES)] as [Outcome, ...Outcome[]];

const alertsQuery = z.object({
  route: z.string().optional(),
  type: z.enum(ALERT_TYPES).optional(),
  since: startTime.optional(),
  limit,
});

const requestsQuery = z.object({
  route: z.string().optional(),
  environment: z.string().optional(),
  version_tag: z.string().optional(),
  outcome: z.enum(OUTCOMES).optional(),
  start_time: startTime.optional(),
  end_time: time.optional(),
  limit,
});

/** The alias may be omitted when there is one route. */
const ofRoute = z.object({ model_alias: z.string().optional() });

/** Records for people: alerts, one line per request, the comparison of mirrors, and costs. */
@Controller()
@NeedsScope('read')
@UseGuards(ScopeGuard)
@UseFilters(GatewayErrorFilter)
export class RecordsController {
  constructor(
    private readonly alertService: AlertService,
    private readonly money: BudgetService,
    private readonly shadows: ShadowService,
    private readonly requestLog: RequestLog,
    private readonly rollouts: RolloutService,
  ) {}

  /** Newest first. */
  @Get('alerts')
  @Operation({ summary: 'Alerts, newest first.', query: alertsQuery, answer: alertList })
  async alerts(@Query() input: unknown) {
    const data = await this.alertService.recent(parsed(alertsQuery, input));
    return { object: 'list', data: snakeCased(data) };
  }

  /** Newest first; `enabled` is false when no request log is kept. */
  @Get('requests')
  @Operation({ summary: 'One line per request, newest first.', query: requestsQuery, answer: requestList })
  async requests(@Query() input: unknown) {
    const { version_tag: version, start_time: since, end_time: until, ...query } = parsed(requestsQuery, input);
    const data = await this.requestLog.recent({ ...query, version, since, until });
    return { object: 'list', enabled: this.requestLog.enabled, data: snakeCased(data) };
  }

  /** The cost of each environment, and of the same traffic on the others. @throws {UnknownRouteError} */
  @Get('cost/report')
  @Operation({
    summary: 'The cost of each environment, and of the same traffic on the others.',
    query: ofRoute,
    answer: costAnswer,
    errors: [404],
  })
  cost(@Query() input: unknown) {
    const modelAlias = routeNamed(parsed(ofRoute, input), this.rollouts.routes);
    return snakeCased({ modelAlias, ...this.money.report(modelAlias) });
  }

  /** The configured budgets. */
  @Get('budgets')
  @Operation({ summary: 'The spending of each budget this month.', answer: budgetList })
  async budgets() {
    return { object: 'list', data: snakeCased(await this.money.status()) };
  }

  /** The comparison of answers with the shadow's, in this process. @throws {UnknownRouteError} */
  @Get('shadow/report')
  @Operation({
    summary: 'The comparison of mirrored requests of a route.',
    query: ofRoute,
    answer: shadowAnswer,
    errors: [404],
  })
  shadow(@Query() input: unknown) {
    const modelAlias = routeNamed(parsed(ofRoute, input), this.rollouts.routes);
    return snakeCased({ modelAlias, ...this.shadows.shadowReport(modelAlias) });
  }
}
