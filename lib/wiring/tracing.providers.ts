import type { Provider } from '@nestjs/common';
import type { Clock } from '../kit/clock.js';
import { CLOCK } from '../tokens.js';
import { keepsFormerNames } from '../tracing/gen-ai.js';
import { OpenTelemetry } from '../tracing/open-telemetry.js';
import { openTelemetryApi } from '../tracing/open-telemetry-api.js';

/** Traces of single calls. */
export const TRACING: Provider[] = [
  {
    // Absent if the app has no OpenTelemetry.
    provide: OpenTelemetry,
    inject: [CLOCK],
    useFactory: async (clock: Clock) => {
      const api = await openTelemetryApi();
      return api && new OpenTelemetry(api, clock, keepsFormerNames(process.env['OTEL_SEMCONV_STABILITY_OPT_IN']));
    },
  },
];
