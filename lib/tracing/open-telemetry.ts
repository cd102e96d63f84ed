import { Logger } from '@nestjs/common';
import type { Tracer } from '@opentelemetry/api';
import type { Clock } from '../kit/clock.js';
import type { CallRequest } from '../router/call-request.js';
import type { CallListener } from '../router/call-listener.js';
import { CallSpans } from './call-spans.js';
import { ClientMetricsSource } from './client-metrics.js';
import { SCOPE, type OpenTelemetryApi } from './open-telemetry-api.js';

/**
 * Spans and metrics of calls, for whichever SDK the app has registered. While it has none a call pays for two look-ups and
 * allocates nothing. An SDK may be registered before or after the module starts.
 */
export class OpenTelemetry implements CallListener {
  readonly #logger = new Logger(OpenTelemetry.name);
  readonly #metrics: ClientMetricsSource;
  #hasComplained = false;

  constructor(
    private readonly api: OpenTelemetryApi,
    private readonly clock: Clock,
  ) {
    this.#metrics = new ClientMetricsSource(api);
  }

  begun(request: CallRequest, isStream: boolean): CallSpans | undefined {
    const tracer = this.#tracer();
    const metrics = this.#metrics.current;
    if (!tracer && !metrics) return undefined;
    const { api, clock } = this;
    const tools = { api, clock, metrics, tracer: tracer ?? api.trace.getTracer(SCOPE) };
    return this.#guarded(() => new CallSpans(tools, (run) => this.#guarded(run), request, isStream));
  }

  /** `undefined` while no SDK is registered: the API's own provider then stands in for it, and passes nothing on. */
  #tracer(): Tracer | undefined {
    const provider = this.api.trace.getTracerProvider();
    return provider instanceof this.api.ProxyTracerProvider
      ? provider.getDelegateTracer(SCOPE)
      : provider.getTracer(SCOPE);
  }

  /** Said once: what goes wrong in an exporter goes wrong with every call. */
  #guarded<T>(run: () => T): T | undefined {
    try {
      return run();
    } catch (error) {
      if (!this.#hasComplained) this.#logger.error(`Tracing goes wrong, calls go on: ${String(error)}`);
      this.#hasComplained = true;
      return undefined;
    }
  }
}
