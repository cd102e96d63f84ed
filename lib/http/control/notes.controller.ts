import { randomUUID } from 'node:crypto';
import { Body, Controller, HttpCode, Inject, Post, Req, UseFilters, UseGuards } from '@nestjs/common';
import type { KeyRateLimit } from '../../domain/access-key.js';
import type { Clock } from '../../kit/clock.js';
import type { Alert } from '../../records/alert.js';
import { AlertService } from '../../records/alert.service.js';
import { CommandBus } from '../../rollout/command-bus.js';
import { RolloutService } from '../../rollout/rollout.service.js';
import { CLOCK } from '../../tokens.js';
import { GatewayErrorFilter } from '../gateway-error.filter.js';
import { JsonBodyGuard } from '../json-body.guard.js';
import { knownCaller } from '../keys/key-gate.js';
import { NeedsScope, ScopeGuard } from '../keys/scope.guard.js';
import { TokenBuckets } from '../keys/token-buckets.js';
import { TooManyRequestsError } from '../keys/too-many-requests.js';
import { Operation } from '../openapi/operation.js';
import { alertAnswer } from './answers/kept.js';
import { alertBody, noteAnswer, noteBody } from './notes.schema.js';
import { parsed } from './parse.js';
import { snakeCased } from './snake-case.js';

/** For each key. Notes push older entries out of the journal, and alerts wake people. */
const NOTES: KeyRateLimit = { requests: 60, per: 60_000 };
const ALERTS: KeyRateLimit = { requests: 20, per: 60_000 };

/** Notes and alerts of people and pipelines, beside our own. */
@Controller()
@NeedsScope('operate')
@UseGuards(ScopeGuard, JsonBodyGuard)
@UseFilters(GatewayErrorFilter)
export class NotesController {
  readonly #rates: TokenBuckets;

  constructor(
    private readonly bus: CommandBus,
    private readonly rollouts: RolloutService,
    private readonly alertService: AlertService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    this.#rates = new TokenBuckets(clock);
  }

  /** @throws {UnknownRouteError} {@link TooManyRequestsError} */
  @Post('audit')
  @HttpCode(201)
  @Operation({ summary: 'Adds a note to the audit trail.', body: noteBody, answer: noteAnswer, errors: [404, 409] })
  async note(@Body() body: unknown, @Req() request: object) {
    const { message, text, route, kind, metadata } = parsed(noteBody, body);
    if (route !== undefined) this.rollouts.route(route);
    const actor = this.#counted('notes', NOTES, request);
    const reason = message ?? text!;
    const note = {
      type: 'NoteAdded' as const,
      ...(route !== undefined && { route }),
      ...(kind !== undefined && { kind }),
      ...(metadata && { metadata }),
    };
    const revision = (await this.bus.append(() => [note], { actor, reason }))!;
    return { object: 'note', revision, message: reason, actor, route: route ?? null, kind: kind ?? null };
  }

  /** @throws {UnknownRouteError} {@link TooManyRequestsError} */
  @Post('alerts')
  @HttpCode(201)
  @Operation({ summary: 'Raises an alert.', body: alertBody, answer: alertAnswer, errors: [404] })
  alert(@Body() body: unknown, @Req() request: object) {
    const { message, text, route, type, severity, metadata } = parsed(alertBody, body);
    if (route !== undefined) this.rollouts.route(route);
    const actor = this.#counted('alerts', ALERTS, request);
    const words = [route === undefined ? undefined : `Route "${route}"`, type, message ?? text!];
    const alert: Alert = {
      id: `custom:${randomUUID()}`,
      type: 'custom',
      severity,
      at: this.clock.now(),
      ...(route !== undefined && { route }),
      actor,
      message: `${words.filter((word) => word !== undefined).join(': ')} (by ${actor})`,
      ...(metadata && { metadata }),
    };
    this.alertService.raise(alert);
    return snakeCased(alert);
  }

  /** @returns the name of the key. */
  #counted(what: string, limit: KeyRateLimit, request: object): string {
    const name = knownCaller(request)?.name ?? 'api';
    const bucket = `${what}:${name}`;
    const wait = this.#rates.wait(bucket, limit);
    if (wait > 0) throw new TooManyRequestsError(`The key "${name}" has sent too many ${what}.`, wait);
    this.#rates.take(bucket, limit);
    return name;
  }
}
