import { Body, Controller, HttpCode, Patch, Post, Req, UseFilters, UseGuards } from '@nestjs/common';
import type { Command } from '../../domain/command.js';
import { inTurn, outcomeOf } from '../../domain/in-turn.js';
import { changeSettings } from '../../domain/route-commands.js';
import { runningRollout, type RouteState } from '../../domain/state.js';
import { CommandBus } from '../../rollout/command-bus.js';
import { RolloutService } from '../../rollout/rollout.service.js';
import { VersionService } from '../../rollout/version.service.js';
import { GatewayErrorFilter } from '../gateway-error.filter.js';
import { JsonBodyGuard } from '../json-body.guard.js';
import { Operation } from '../openapi/operation.js';
import { NeedsScope, ScopeGuard } from '../keys/scope.guard.js';
import { trafficAnswer } from './answers/records.js';
import { infoOf } from './command-info.js';
import { parsed } from './parse.js';
import { routeNamed } from './route-name.js';
import { policyBody, trafficBody, type Policy } from './traffic.schema.js';
import { settingsOf, settingsUnder, shiftOf } from './traffic-settings.js';

const TRAFFIC = { body: trafficBody, answer: trafficAnswer, errors: [404, 409] } as const;
const POLICY = { body: policyBody, answer: trafficAnswer, errors: [404, 409] } as const;

const NOTHING: Command = () => [];

/** Strategies that follow the weights. All but `shadow` end mirrors that were set at run time. */
const BY_WEIGHTS = new Set(['weighted', 'sticky', 'shadow']);

/** The split of a route's traffic. */
@Controller()
@NeedsScope('operate')
@UseGuards(ScopeGuard, JsonBodyGuard)
@UseFilters(GatewayErrorFilter)
export class TrafficController {
  constructor(
    private readonly rollouts: RolloutService,
    private readonly versions: VersionService,
    private readonly bus: CommandBus,
  ) {}

  @Post('routes/traffic')
  @HttpCode(200)
  @Operation({ summary: "Sets a route's split and settings.", ...TRAFFIC })
  set(@Body() body: unknown, @Req() request: object) {
    return this.#traffic(body, request);
  }

  @Patch('routes/traffic')
  @Operation({ summary: "Changes a route's split and settings.", ...TRAFFIC })
  change(@Body() body: unknown, @Req() request: object) {
    return this.#traffic(body, request);
  }

  /** Weights by environment or version tag, or a rollout that shifts traffic by increments. */
  @Patch('routing/policy')
  @Operation({ summary: 'Sets weights or a strategy, or starts a shift by increments.', ...POLICY })
  async policy(@Body() body: unknown, @Req() request: object) {
    const input = parsed(policyBody, body);
    const alias = routeNamed(input, this.rollouts.routes);
    const info = infoOf(input, request);
    const routing = this.#routing(input.routing);
    if (input.traffic_shift) {
      const route = outcomeOf(routing, this.rollouts.route(alias));
      await this.rollouts.start(alias, { ...info, schedule: shiftOf(input.traffic_shift, route) }, routing);
    } else await this.bus.execute(alias, routing, { reason: 'policy', ...info });
    return this.#answer(alias);
  }

  async #traffic(body: unknown, request: object) {
    const input = parsed(trafficBody, body);
    const alias = routeNamed(input, this.rollouts.routes);
    const { route_rules: rules } = input;
    const command = inTurn(rules ? this.versions.splitting(rules) : NOTHING, changeSettings(settingsOf(input)));
    await this.bus.execute(alias, command, { reason: 'split', ...infoOf(input, request) });
    return this.#answer(alias);
  }

  #routing(routing: Policy['routing']): Command {
    if (!routing) return NOTHING;
    const { strategy, weights, shadow_percentage: share = 100 } = routing;
    const split = strategy === undefined || BY_WEIGHTS.has(strategy) ? weights : { [strategy]: 100 };
    const settings = strategy === undefined ? {} : settingsUnder(strategy, share);
    return inTurn(split ? this.versions.splitting(split) : NOTHING, changeSettings(settings));
  }

  #answer(alias: string) {
    const route = this.rollouts.route(alias);
    const { weights, active, environments, settings } = route;
    return {
      status: statusOf(route),
      route_id: alias,
      model_alias: alias,
      active_environment: active,
      active_version: environments[active]!.version.tag,
      weights,
      route_rules: Object.entries(environments)
        .filter(([name]) => (weights[name] ?? 0) > 0)
        .map(([name, { version }]) => ({ version_tag: version.tag, weight: weights[name], environment: name })),
      strategy: settings.strategy ?? null,
      sticky_sessions: settings.stickySessions?.enabled ?? null,
      health_check: this.rollouts.healthCheckOf(alias)?.enabled ?? null,
      shadow_percentage: settings.shadowPercentage ?? null,
      revision: this.rollouts.revision,
    };
  }
}

function statusOf(route: RouteState): string {
  const rollout = runningRollout(route);
  return rollout ? rollout.phase.name.toLowerCase() : 'active';
}
