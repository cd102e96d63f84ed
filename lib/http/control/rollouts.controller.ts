import { Body, Controller, Get, Header, HttpCode, Param, Post, Req, UseFilters, UseGuards } from '@nestjs/common';
import { z } from 'zod';
import { Breather } from '../../kit/breather.js';
import type { CommandInfo } from '../../rollout/command-bus.js';
import { rolloutSchema } from '../../schedule/plan-schema.js';
import type { RolloutInput } from '../../schedule/rollout-input.js';
import { RolloutService } from '../../rollout/rollout.service.js';
import { revision as anyRevision } from '../../validation/fields.js';
import { GatewayErrorFilter } from '../gateway-error.filter.js';
import { JsonBodyGuard } from '../json-body.guard.js';
import { Operation } from '../openapi/operation.js';
import { inSnakeCase } from '../openapi/schemas.js';
import { NeedsScope, ScopeGuard } from '../keys/scope.guard.js';
import { preflightAnswer, rollbackAnswer, routeStatus, statusList } from './answers/status.js';
import { infoOf, why } from './command-info.js';
import { parsed } from './parse.js';
import { camelCased, snakeCased, snakePath } from './snake-case.js';

const command = z.strictObject(why);
const start = z.strictObject({
  ...why,
  schedule: z.looseObject({}).optional(),
  seed: z.string().min(1).optional(),
  force: z.boolean().default(false),
});
const preflight = z.strictObject({ environment: z.string().min(1).optional() });
const shift = z.strictObject({
  ...why,
  target: z.string().min(1),
  increment: z.number().min(0.001).max(100).default(10),
});
const rollback = z.strictObject({
  ...why,
  environment: z.string().min(1).optional(),
  to: z.string().min(1).optional(),
  bound: z.literal('refuse').optional(),
});
const restore = z.strictObject({ ...why, revision: anyRevision.min(1) });

/** The description of a command. */
const does = (summary: string, body: z.ZodType = command, answer: z.ZodType = routeStatus) =>
  Operation({ summary, body, answer, errors: [404, 409] });

/** Manual control of rollouts. The journal records every command with the name of the key; the answer is the status. */
@Controller()
@NeedsScope('operate')
@UseGuards(ScopeGuard, JsonBodyGuard)
@UseFilters(GatewayErrorFilter)
export class RolloutsController {
  constructor(private readonly rollouts: RolloutService) {}

  @Get('status')
  @NeedsScope('read')
  @Operation({ summary: 'The status of every route.', answer: statusList })
  @Header('content-type', 'application/json; charset=utf-8')
  async all(): Promise<string> {
    const data: string[] = [];
    const breather = new Breather();
    for (const alias of this.rollouts.routes) {
      if (breather.isDue) await breather.pause();
      // Not all at once at the end: with a thousand routes that would hold up everybody else.
      data.push(JSON.stringify(this.#status(alias)));
    }
    return `{"object":"list","data":[${data.join(',')}]}`;
  }

  /** @throws {UnknownRouteError} */
  @Get('rollouts/:route')
  @NeedsScope('read')
  @Operation({ summary: 'The status of one route.', answer: routeStatus, errors: [404] })
  status(@Param('route') alias: string) {
    return this.#status(alias);
  }

  /** The schedule of the options, with the given parts replaced: a `RolloutInput`, in snake or camel case. */
  @Post('rollouts/:route/start')
  @HttpCode(200)
  @does('Starts a rollout.', start.extend({ schedule: inSnakeCase(rolloutSchema).optional() }))
  async start(@Param('route') alias: string, @Body() body: unknown, @Req() request: object) {
    const { schedule, seed, force, ...rest } = parsed(start, body);
    const given = camelCased(schedule) as RolloutInput | undefined;
    if (given) parsed(rolloutSchema, given, (path) => `schedule.${snakePath(path)}`);
    await this.rollouts.start(alias, { ...infoOf(rest, request), schedule: given, seed, force });
    return this.#status(alias);
  }

  /** Checks the environment that a rollout would try. Changes nothing; may cost a token. */
  @Post('rollouts/:route/preflight')
  @Operation({ summary: 'Whether a rollout would start.', body: preflight, answer: preflightAnswer, errors: [404] })
  @HttpCode(200)
  async preflight(@Param('route') alias: string, @Body() body: unknown) {
    const { environment } = parsed(preflight, body);
    return snakeCased(await this.rollouts.preflight(alias, environment));
  }

  @Post('rollouts/:route/shift')
  @HttpCode(200)
  @does('Moves percentage points to an environment.', shift)
  async shift(@Param('route') alias: string, @Body() body: unknown, @Req() request: object) {
    const { target, increment, ...rest } = parsed(shift, body);
    await this.rollouts.shiftTraffic(alias, target, increment, infoOf(rest, request));
    return this.#status(alias);
  }

  /** Returns the route to the configuration that it had at a revision. */
  @Post('rollouts/:route/restore')
  @HttpCode(200)
  @does('Returns to the configuration of a revision.', restore)
  async restore(@Param('route') alias: string, @Body() body: unknown, @Req() request: object) {
    const { revision, ...rest } = parsed(restore, body);
    await this.rollouts.restore(alias, revision, infoOf(rest, request));
    return this.#status(alias);
  }

  @Post('rollouts/:route/pause')
  @HttpCode(200)
  @does('Stops the schedule where it is.')
  pause(@Param('route') alias: string, @Body() body: unknown, @Req() request: object) {
    return this.#command(alias, body, request, (info) => this.rollouts.pause(alias, info));
  }

  @Post('rollouts/:route/resume')
  @HttpCode(200)
  @does('Continues the schedule.')
  resume(@Param('route') alias: string, @Body() body: unknown, @Req() request: object) {
    return this.#command(alias, body, request, (info) => this.rollouts.resume(alias, info));
  }

  @Post('rollouts/:route/approve')
  @HttpCode(200)
  @does('Approves a step that waits for it.')
  approve(@Param('route') alias: string, @Body() body: unknown, @Req() request: object) {
    return this.#command(alias, body, request, (info) => this.rollouts.approve(alias, info));
  }

  @Post('rollouts/:route/promote')
  @HttpCode(200)
  @does('Ends the rollout, or a manual split, with success.')
  promote(@Param('route') alias: string, @Body() body: unknown, @Req() request: object) {
    return this.#command(alias, body, request, (info) => this.rollouts.promote(alias, info));
  }

  @Post('rollouts/:route/rollback')
  @HttpCode(200)
  @does('Returns all traffic, or that of one environment.', rollback, rollbackAnswer)
  async rollback(@Param('route') alias: string, @Body() body: unknown, @Req() request: object) {
    const { environment, to, bound, ...rest } = parsed(rollback, body);
    const { changed } = await this.rollouts.rollback(alias, { ...infoOf(rest, request), environment, to, bound });
    return snakeCased({ ...this.rollouts.status(alias), changed });
  }

  async #command(alias: string, body: unknown, request: object, run: (info: CommandInfo) => Promise<unknown>) {
    await run(infoOf(parsed(command, body), request));
    return this.#status(alias);
  }

  #status(alias: string) {
    return snakeCased(this.rollouts.status(alias));
  }
}
