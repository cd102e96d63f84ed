/** The optional package `@opentelemetry/api`. */
export type OpenTelemetryApi = typeof import('@opentelemetry/api');

/** Name of our spans and metrics. */
export const SCOPE = 'nestjs-blue-green';

/** `undefined` when it is not installed. */
export async function openTelemetryApi(): Promise<OpenTelemetryApi | undefined> {
  return import('@opentelemetry/api').catch(() => undefined);
}
