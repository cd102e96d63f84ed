import { Body, Controller, Get, HttpCode, Param, Post, Req, UseFilters, UseGuards } from '@nestjs/common';
import { z } from 'zod';
import type { CommandInfo } from '../../rollout/command-bus.js';
import { rolloutSchema } from '../../schedule/plan-schema.js';
import type { RolloutInput } from '../../schedule/rollout-input.js';
import { RolloutService } from '../../rollout/rollout.service.js';
import { GatewayErrorFilter } from '../gateway-error.filter.js';
import { JsonBodyGuard } from '../json-body.guard.js';
import { Operation } from '../openapi/operation.js';
import { NeedsScope, ScopeGuard } from '../keys/scope.guard.js';
import { preflightAnswer, routeStatus, statusList } from './answers/status.js';
import { infoOf, why } from './command-info.js';
import { parsed } from './parse.js';
import { snakeCased } from './snake-case.js';

const command = z.strictObject(why);
const start = z.strictObject({
  ...why,
  schedule: z.looseObject({}).optional(),
  seed: z.string().min(1).optional(),
  force: z.boolean().default(false),
});
const preflight = z.strictObject({ environment: z.string().min(1).optional() });
const shift = z.strictObject({ ...why, target: z.string().min(1), increment: z.number().gt(0).max(100).default(10) });
const rollback = z.strictObject({ ...why, to: z.string().min(1).optional() });
const restore = z.strictObject({ ...why, revision: z.int().min(1) });

/** A command, as the document has it. */
const does = (summary: string, body: z.ZodType = command) =>
  Operation({ summary, body, answer: routeStatus, errors: [404, 409] });

/** Rollouts by hand. Every command is recorded with the name of the key that gave it, and answers with the status. */
@Controller()
@NeedsScope('operate')
@UseGuards(ScopeGuard, JsonBodyGuard)
@UseFilters(GatewayErrorFilter)
export class RolloutsController {
  constructor(private readonly rollouts: RolloutService) {}

  @Get('status')
  @NeedsScope('read')
  @Operation({ summary: 'Where every route stands.', answer: statusList })
  all() {
    return { object: 'list', data: this.rollouts.routes.map((alias) => this.#status(alias)) };
  }

  /** @throws {UnknownRouteError} */
  @Get('rollouts/:route')
  @NeedsScope('read')
  @Operation({ summary: 'Where one route stands.', answer: routeStatus, errors: [404] })
  status(@Param('route') alias: string) {
    return this.#status(alias);
  }

  /** The schedule is that of the options, with the parts that are given: `RolloutInput`, as the module has it. */
  @Post('rollouts/:route/start')
  @HttpCode(200)
  @does('Begins a rollout.', start.extend({ schedule: rolloutSchema.optional() }))
  async start(@Param('route') alias: string, @Body() body: unknown, @Req() request: object) {
    const { schedule, seed, force, ...rest } = parsed(start, body);
    if (schedule) parsed(rolloutSchema, schedule);
    const given = schedule as RolloutInput | undefined;
    await this.rollouts.start(alias, { ...infoOf(rest, request), schedule: given, seed, force });
    return this.#status(alias);
  }

  /** Whether the environment that would be tried is fit for it. May cost a token; changes nothing. */
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
  @does('Goes on with the schedule.')
  resume(@Param('route') alias: string, @Body() body: unknown, @Req() request: object) {
    return this.#command(alias, body, request, (info) => this.rollouts.resume(alias, info));
  }

  @Post('rollouts/:route/approve')
  @HttpCode(200)
  @does('Lets a step go on that waits for approval.')
  approve(@Param('route') alias: string, @Body() body: unknown, @Req() request: object) {
    return this.#command(alias, body, request, (info) => this.rollouts.approve(alias, info));
  }

  @Post('rollouts/:route/promote')
  @HttpCode(200)
  @does('Ends the rollout, or a split by hand, with success.')
  promote(@Param('route') alias: string, @Body() body: unknown, @Req() request: object) {
    return this.#command(alias, body, request, (info) => this.rollouts.promote(alias, info));
  }

  @Post('rollouts/:route/rollback')
  @HttpCode(200)
  @does('Takes all traffic back.', rollback)
  async rollback(@Param('route') alias: string, @Body() body: unknown, @Req() request: object) {
    const { to, ...rest } = parsed(rollback, body);
    await this.rollouts.rollback(alias, { ...infoOf(rest, request), to });
    return this.#status(alias);
  }

  async #command(alias: string, body: unknown, request: object, run: (info: CommandInfo) => Promise<unknown>) {
    await run(infoOf(parsed(command, body), request));
    return this.#status(alias);
  }

  #status(alias: string) {
    return snakeCased(this.rollouts.status(alias));
  }
}
