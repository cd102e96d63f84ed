import type { Attributes, Context, Span } from '@opentelemetry/api';
import type { FailureClass } from '../domain/outcome.js';
import type { CallRequest } from '../router/call-request.js';
import type { CallEnd, CallFailure, HeardCall, Send } from '../router/call-listener.js';
import type { Target } from '../routing/route-table.js';
import type { AttemptRequest } from '../upstream/prepared-call.js';
import { AttemptSpan, markEnd, type SpanTools } from './attempt-span.js';
import { conversationAttribute, GEN_AI } from './gen-ai.js';
import { parentOf, traceHeadersOf, withoutTracing } from './trace-context.js';

/** A span per call, and inside it a span per environment that was asked. */
export class CallSpans implements HeardCall {
  readonly #span: Span;
  readonly #context: Context;
  /** The last attempt, until it fails or the call ends. */
  #attempt: AttemptSpan | undefined;
  #attempts = 0;
  readonly #conversation: Attributes;
  /** The last environment, and its failure. */
  #last: { readonly environment: string; readonly failure?: FailureClass };

  /** @param guarded runs code of an SDK, and returns `undefined` when it throws: tracing must not fail a call. */
  constructor(
    private readonly tools: SpanTools,
    private readonly guarded: <T>(run: () => T) => T | undefined,
    request: CallRequest,
    private readonly isStream: boolean,
  ) {
    const { api, tracer } = tools;
    const { assignment, dialect, requestId, traceparent, tracestate } = request;
    this.#conversation = conversationAttribute(request);
    const parent = parentOf(api, { traceparent, tracestate });
    const { route, environment, version, reason } = assignment;
    this.#last = { environment };
    this.#span = tracer.startSpan(
      `${dialect.operation} ${route}`,
      {
        kind: api.SpanKind.INTERNAL,
        attributes: {
          [GEN_AI.operation]: dialect.operation,
          'blue_green.route': route,
          'blue_green.environment': environment,
          'blue_green.version': version.tag,
          'blue_green.assignment.reason': reason,
          'blue_green.request.id': requestId,
          ...this.#conversation,
        },
      },
      parent,
    );
    this.#context = api.trace.setSpan(parent, this.#span);
  }

  asked<T>(target: Target, request: AttemptRequest, send: Send<T>): Promise<T> {
    const { api } = this.tools;
    const span = this.guarded(() => this.#begin(target, request));
    if (!span) return send(request);
    const trace = traceHeadersOf(api, span.spanContext());
    const traced = trace ? { ...request, headers: withTrace(request.headers, trace) } : request;
    return api.context.with(withoutTracing(api, api.trace.setSpan(this.#context, span)), () => send(traced));
  }

  firstToken(): void {
    this.guarded(() => this.#attempt?.firstToken());
  }

  failed({ environment, failure }: CallFailure): void {
    this.#last = { environment, failure };
    this.guarded(() => this.#take()?.end(failure));
  }

  ended(end: CallEnd): void {
    const { outcome, answeredBy, cost } = end;
    this.guarded(() => this.#take()?.end(outcome, end));
    this.guarded(() => {
      if (answeredBy) this.#span.setAttribute('blue_green.answered_by', answeredBy.environment);
      if (cost !== undefined) this.#span.setAttribute('blue_green.cost_usd', cost);
      this.#span.setAttribute('blue_green.attempts', this.#attempts);
      markEnd(this.tools.api, this.#span, outcome);
    });
  }

  #begin(target: Target, request: AttemptRequest): Span {
    const { environment } = target;
    if (environment !== this.#last.environment) this.#fellBack(environment);
    this.#attempts++;
    this.#attempt = new AttemptSpan(this.tools, request, target, this.isStream, this.#context, this.#conversation);
    return this.#attempt.span;
  }

  #fellBack(to: string): void {
    const { environment: from, failure } = this.#last;
    this.#last = { environment: to };
    this.#span.addEvent('blue_green.fallback', {
      'blue_green.from': from,
      'blue_green.to': to,
      ...(failure !== undefined && { [GEN_AI.errorType]: failure }),
    });
  }

  /** An attempt ends once. */
  #take(): AttemptSpan | undefined {
    const attempt = this.#attempt;
    this.#attempt = undefined;
    return attempt;
  }
}

/** The span may belong to another trace than the caller's headers name: their `tracestate` is left out. */
function withTrace(headers: AttemptRequest['headers'], trace: AttemptRequest['headers']): AttemptRequest['headers'] {
  const traced: Record<string, string> = { ...headers };
  delete traced['tracestate'];
  return { ...traced, ...trace };
}
