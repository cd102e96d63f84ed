/** The package `@opentelemetry/api`, which an app need not have. */
export type OpenTelemetryApi = typeof import('@opentelemetry/api');

/** What spans and metrics of ours are told by. */
export const SCOPE = 'nestjs-blue-green';

/** `undefined` when it is not installed. */
export async function openTelemetryApi(): Promise<OpenTelemetryApi | undefined> {
  return import('@opentelemetry/api').catch(() => undefined);
}
