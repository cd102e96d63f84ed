import type { Attributes, Context, Span, Tracer } from '@opentelemetry/api';
import type { Clock } from '../kit/clock.js';
import type { Outcome } from '../domain/outcome.js';
import type { Target } from '../routing/route-table.js';
import type { CallEnd } from '../router/call-listener.js';
import type { AttemptRequest } from '../upstream/prepared-call.js';
import type { ClientMetrics } from './client-metrics.js';
import { GEN_AI, requestAttributes } from './gen-ai.js';
import type { OpenTelemetryApi } from './open-telemetry-api.js';

/** The dependencies of spans. */
export interface SpanTools {
  readonly api: OpenTelemetryApi;
  readonly clock: Clock;
  readonly tracer: Tracer;
  /** Absent when no SDK collects metrics. */
  readonly metrics: ClientMetrics | undefined;
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
  ) {
    const { api, tracer, clock } = tools;
    this.#startedAt = clock.elapsed();
    this.#attributes = { ...requestAttributes(request), 'blue_green.environment': environment };
    this.span = tracer.startSpan(
      `${String(this.#attributes[GEN_AI.operation])} ${version.model}`,
      {
        kind: api.SpanKind.CLIENT,
        attributes: {
          ...this.#attributes,
          ...(isStream && { [GEN_AI.requestStream]: true }),
          'blue_green.version': version.tag,
        },
      },
      parent,
    );
  }

  firstToken(): void {
    this.span.setAttribute(GEN_AI.timeToFirstChunk, this.#seconds);
    this.span.addEvent('blue_green.first_token');
  }

  end(outcome: Outcome, { usage, model, finishReason }: Partial<CallEnd> = {}): void {
    const { api, metrics } = this.tools;
    if (usage) {
      this.span.setAttributes({
        [GEN_AI.inputTokens]: usage.inputTokens,
        [GEN_AI.cachedInputTokens]: usage.cachedInputTokens,
        [GEN_AI.outputTokens]: usage.outputTokens,
      });
    }
    if (model !== undefined) this.span.setAttribute(GEN_AI.responseModel, model);
    if (finishReason !== undefined) this.span.setAttribute(GEN_AI.finishReasons, [finishReason]);
    markEnd(api, this.span, outcome);
    metrics?.record(this.#seconds, usage, {
      ...this.#attributes,
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
