import type { Attributes, Histogram, MeterProvider } from '@opentelemetry/api';
import type { Usage } from '../domain/usage.js';
import { GEN_AI } from './gen-ai.js';
import { SCOPE, type OpenTelemetryApi } from './open-telemetry-api.js';

const SECONDS = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];
const TOKENS = Array.from({ length: 14 }, (_, n) => 4 ** n);

/** The metrics of a GenAI client that the conventions ask for. */
export class ClientMetrics {
  constructor(
    private readonly duration: Histogram,
    private readonly tokens: Histogram,
    private readonly timeToFirstChunk: Histogram,
  ) {}

  /** A streamed answer has begun. @param seconds that it took. */
  firstChunk(seconds: number, attributes: Attributes): void {
    this.timeToFirstChunk.record(seconds, attributes);
  }

  /** A call to a model has ended. @param seconds that it took. */
  record(seconds: number, usage: Usage | undefined, attributes: Attributes): void {
    this.duration.record(seconds, attributes);
    if (!usage) return;
    this.tokens.record(usage.inputTokens, { ...attributes, [GEN_AI.tokenType]: 'input' });
    this.tokens.record(usage.outputTokens, { ...attributes, [GEN_AI.tokenType]: 'output' });
  }
}

/** Creates the metrics once an SDK collects them. An SDK may be registered at any time. */
export class ClientMetricsSource {
  #provider: MeterProvider | undefined;
  #metrics: ClientMetrics | undefined;

  constructor(private readonly api: OpenTelemetryApi) {}

  /** `undefined` while no SDK collects. */
  get current(): ClientMetrics | undefined {
    const provider = this.api.metrics.getMeterProvider();
    if (provider !== this.#provider) {
      this.#provider = provider;
      this.#metrics = this.#from(provider);
    }
    return this.#metrics;
  }

  #from(provider: MeterProvider): ClientMetrics | undefined {
    const meter = provider.getMeter(SCOPE);
    if (meter === this.api.createNoopMeter()) return undefined;
    return new ClientMetrics(
      meter.createHistogram('gen_ai.client.operation.duration', {
        unit: 's',
        description: 'GenAI operation duration.',
        advice: { explicitBucketBoundaries: SECONDS },
      }),
      meter.createHistogram('gen_ai.client.token.usage', {
        unit: '{token}',
        description: 'Number of input and output tokens used.',
        advice: { explicitBucketBoundaries: TOKENS },
      }),
      meter.createHistogram('gen_ai.client.operation.time_to_first_chunk', {
        unit: 's',
        description: 'Time to the first chunk of a streamed answer.',
        advice: { explicitBucketBoundaries: SECONDS },
      }),
    );
  }
}
