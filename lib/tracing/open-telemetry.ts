import { Logger } from '@nestjs/common';
import type { Tracer } from '@opentelemetry/api';
import type { Clock } from '../kit/clock.js';
import type { CallRequest } from '../router/call-request.js';
import type { CallListener } from '../router/call-listener.js';
import { CallSpans } from './call-spans.js';
import { ClientMetricsSource } from './client-metrics.js';
import { SCOPE, type OpenTelemetryApi } from './open-telemetry-api.js';

/**
 * Spans and metrics of calls, for any SDK that the app registers, before or after the module starts. Without an SDK a
 * call costs two look-ups and no allocation.
 */
export class OpenTelemetry implements CallListener {
  readonly #logger = new Logger(OpenTelemetry.name);
  readonly #metrics: ClientMetricsSource;
  #hasComplained = false;

  constructor(
    private readonly api: OpenTelemetryApi,
    private readonly clock: Clock,
    private readonly withFormer = true,
  ) {
    this.#metrics = new ClientMetricsSource(api);
  }

  begun(request: CallRequest, isStream: boolean): CallSpans | undefined {
    const tracer = this.#tracer();
    const metrics = this.#metrics.current;
    if (!tracer && !metrics) return undefined;
    const { api, clock, withFormer } = this;
    const tools = { api, clock, metrics, withFormer, tracer: tracer ?? api.trace.getTracer(SCOPE) };
    return this.#guarded(() => new CallSpans(tools, (run) => this.#guarded(run), request, isStream));
  }

  /** `undefined` while no SDK is registered: the API then has a provider of its own that records nothing. */
  #tracer(): Tracer | undefined {
    const provider = this.api.trace.getTracerProvider();
    return provider instanceof this.api.ProxyTracerProvider
      ? provider.getDelegateTracer(SCOPE)
      : provider.getTracer(SCOPE);
  }

  /** Logged once: an exporter that fails does so at every call. */
  #guarded<T>(run: () => T): T | undefined {
    try {
      return run();
    } catch (error) {
      if (!this.#hasComplained) this.#logger.error(`Tracing fails, calls go on: ${String(error)}`);
      this.#hasComplained = true;
      return undefined;
    }
  }
}
