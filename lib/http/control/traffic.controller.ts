import { Body, Controller, HttpCode, Patch, Post, Req, UseFilters, UseGuards } from '@nestjs/common';
import type { Command } from '../../domain/command.js';
import { alwaysSo } from '../../options/relay-words.js';
import { snakePath } from './snake-case.js';
import { inTurn } from '../../domain/in-turn.js';
import { changeSettings } from '../../domain/route-commands.js';
import { runningRollout, type RouteState } from '../../domain/state.js';
import { walkToAll, type Walk } from '../../domain/walk-commands.js';
import { CommandBus } from '../../rollout/command-bus.js';
import { RolloutService } from '../../rollout/rollout.service.js';
import { VersionService } from '../../rollout/version.service.js';
import { GatewayErrorFilter } from '../gateway-error.filter.js';
import { JsonBodyGuard } from '../json-body.guard.js';
import { Operation } from '../openapi/operation.js';
import { NeedsScope, ScopeGuard } from '../keys/scope.guard.js';
import { policyAnswer, trafficAnswer } from './answers/records.js';
import { infoOf } from './command-info.js';
import { parsed } from './parse.js';
import { routeNamed, routesNamed } from './route-name.js';
import { policyBody, trafficBody, type Policy, type Shadow } from './traffic.schema.js';
import { comparisonOf, settingsOf, settingsUnder, shiftOf } from './traffic-settings.js';

const TRAFFIC = { body: trafficBody, answer: trafficAnswer, errors: [404, 409] } as const;
const POLICY = { body: policyBody, answer: policyAnswer, errors: [404, 409] } as const;

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

  /** Weights by environment or version tag, at once or as the target of a shift; of the named route or of all. */
  @Patch('routing/policy')
  @Operation({ summary: 'Sets weights or a strategy, at once or by increments.', ...POLICY })
  async policy(@Body() body: unknown, @Req() request: object) {
    const input = parsed(policyBody, body, snakePath);
    const aliases = routesNamed(input, this.rollouts.routes);
    const prepared = await Promise.all(
      aliases.map(async (alias) => ({ alias, command: await this.#policyFor(alias, input) })),
    );
    // Each is tried before the first one changes anything.
    for (const { alias, command } of prepared) command(this.rollouts.route(alias));
    const { expectedRevision, ...info } = infoOf(input, request);
    for (const [index, { alias, command }] of prepared.entries()) {
      const tied = index === 0 ? { expectedRevision } : {};
      await this.bus.execute(alias, command, { reason: 'policy', ...info, ...tied });
    }
    const answers = aliases.map((alias) => this.#answer(alias, input.shadow));
    return answers.length === 1 ? answers[0]! : { object: 'list', data: answers };
  }

  async #traffic(body: unknown, request: object) {
    const input = parsed(trafficBody, body, snakePath);
    const alias = routeNamed(input, this.rollouts.routes);
    const { route_rules: rules } = input;
    const command = inTurn(rules ? this.versions.splitting(rules) : NOTHING, changeSettings(settingsOf(input)));
    await this.bus.execute(alias, command, { reason: 'split', ...infoOf(input, request) });
    return this.#answer(alias, input.shadow);
  }

  async #policyFor(alias: string, { routing = {}, shadow, traffic_shift: shift }: Policy): Promise<Command> {
    const { strategy, weights, shadow_percentage: share = 100 } = routing;
    const shares = strategy === undefined || BY_WEIGHTS.has(strategy) ? weights : { [strategy]: 100 };
    const settings = changeSettings({
      ...(strategy !== undefined && settingsUnder(strategy, share)),
      ...comparisonOf(shadow),
    });
    if (!shift) return inTurn(shares ? this.versions.splitting(shares) : NOTHING, settings);
    const walking = (walk: Walk): Command => (shares ? this.versions.walking(shares, walk) : walkToAll(walk));
    return this.rollouts.prepareShift(alias, shiftOf(shift), (walk) => inTurn(walking(walk), settings));
  }

  #answer(alias: string, shadow: Shadow) {
    const notes = alwaysSo(shadow?.streaming).map((note) => `shadow.streaming.${snakePath(note)}`);
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
      ...(notes.length > 0 && { notes }),
    };
  }
}

function statusOf(route: RouteState): string {
  const rollout = runningRollout(route);
  return rollout ? rollout.phase.name.toLowerCase() : 'active';
}
