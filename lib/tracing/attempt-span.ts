import type { Attributes, Context, Span, Tracer } from '@opentelemetry/api';
import type { Clock } from '../kit/clock.js';
import type { Outcome } from '../domain/outcome.js';
import type { Target } from '../routing/route-table.js';
import type { CallEnd } from '../router/call-listener.js';
import type { AttemptRequest } from '../upstream/prepared-call.js';
import type { ClientMetrics } from './client-metrics.js';
import { GEN_AI, requestAttributes, usageAttributes } from './gen-ai.js';
import type { OpenTelemetryApi } from './open-telemetry-api.js';

/** The dependencies of spans. */
export interface SpanTools {
  readonly api: OpenTelemetryApi;
  readonly clock: Clock;
  readonly tracer: Tracer;
  /** Absent when no SDK collects metrics. */
  readonly metrics: ClientMetrics | undefined;
  /** Former names of attributes stand beside the present ones. */
  readonly withFormer: boolean;
}

/** The span of one call to one model, from the request to the end of the answer or stream. */
export class AttemptSpan {
  readonly span: Span;
  readonly #attributes: Attributes;
  readonly #startedAt: number;

  constructor(
    private readonly tools: SpanTools,
    request: AttemptRequest,
    { environment, version }: Target,
    isStream: boolean,
    parent: Context,
    conversation: Attributes,
  ) {
    const { api, tracer, clock } = tools;
    this.#startedAt = clock.elapsed();
    this.#attributes = {
      ...requestAttributes(request, tools.withFormer),
      'blue_green.environment': environment,
    };
    this.span = tracer.startSpan(
      `${String(this.#attributes[GEN_AI.operation])} ${version.model}`,
      {
        kind: api.SpanKind.CLIENT,
        attributes: {
          ...this.#attributes,
          ...conversation,
          ...(isStream && { [GEN_AI.requestStream]: true }),
          'blue_green.version': version.tag,
        },
      },
      parent,
    );
  }

  firstToken(): void {
    const seconds = this.#seconds;
    this.span.setAttribute(GEN_AI.timeToFirstChunk, seconds);
    this.tools.metrics?.firstChunk(seconds, this.#attributes);
    this.span.addEvent('blue_green.first_token');
  }

  end(outcome: Outcome, { usage, model, finishReason }: Partial<CallEnd> = {}): void {
    const { api, metrics } = this.tools;
    if (usage) this.span.setAttributes(usageAttributes(usage, this.tools.withFormer));
    if (model !== undefined) this.span.setAttribute(GEN_AI.responseModel, model);
    if (finishReason !== undefined) this.span.setAttribute(GEN_AI.finishReasons, [finishReason]);
    markEnd(api, this.span, outcome);
    metrics?.record(this.#seconds, usage, {
      ...this.#attributes,
      ...(model !== undefined && { [GEN_AI.responseModel]: model }),
      ...(outcome !== 'ok' && { [GEN_AI.errorType]: outcome }),
    });
  }

  get #seconds(): number {
    return (this.tools.clock.elapsed() - this.#startedAt) / 1000;
  }
}

/** A caller that leaves is not an error of the call. */
export function markEnd(api: OpenTelemetryApi, span: Span, outcome: Outcome): void {
  if (outcome !== 'ok') span.setAttribute(GEN_AI.errorType, outcome);
  if (outcome !== 'ok' && outcome !== 'client_abort') span.setStatus({ code: api.SpanStatusCode.ERROR });
  span.end();
}
