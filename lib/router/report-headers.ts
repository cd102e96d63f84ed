import type { CallReport } from './call.js';

/** Headers that tell a caller over HTTP which environment answered. */
export function reportHeaders(report: CallReport): Record<string, string> {
  const headers: Record<string, string> = {
    'x-request-id': report.requestId,
    'x-deployment-env': report.environment,
    'x-environment': report.environment,
    'x-model-version': report.version,
  };
  if (report.fallback) headers['x-fallback'] = 'true';
  return headers;
}
