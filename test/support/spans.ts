import { context, metrics, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
  type ReadableSpan,
  type Sampler,
} from '@opentelemetry/sdk-trace-base';

/** OpenTelemetry's SDK as an app would register it, its spans kept in memory. */
export class Spans {
  readonly #exporter = new InMemorySpanExporter();

  constructor(sampler?: Sampler) {
    const spanProcessors = [new SimpleSpanProcessor(this.#exporter)];
    trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors, ...(sampler && { sampler }) }));
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  }

  /** Those that have ended, in that order. */
  get all(): readonly ReadableSpan[] {
    return this.#exporter.getFinishedSpans();
  }

  /** The one of the newest request. */
  get request(): ReadableSpan {
    return this.all.findLast(({ attributes }) => 'blue_green.route' in attributes)!;
  }

  /** Those of its attempts. */
  get attempts(): readonly ReadableSpan[] {
    const { spanId } = this.request.spanContext();
    return this.all.filter(({ parentSpanContext }) => parentSpanContext?.spanId === spanId);
  }

  reset(): void {
    this.#exporter.reset();
  }

  /** The SDK is gone, as if there had never been one. */
  static unregister(): void {
    trace.disable();
    context.disable();
    metrics.disable();
  }
}

/** What a `traceparent` says. */
export function partsOf(traceparent: unknown) {
  const [version, traceId, spanId, flags] = String(traceparent).split('-');
  return { version, traceId, spanId, flags };
}
