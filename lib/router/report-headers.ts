import { headerValue } from '../kit/header-value.js';
import type { CallReport } from './call.js';

/** Headers that tell a caller over HTTP which environment answered. */
export function reportHeaders(report: CallReport): Record<string, string> {
  const headers: Record<string, string> = {
    'x-request-id': headerValue(report.requestId),
    'x-deployment-env': headerValue(report.environment),
    'x-environment': headerValue(report.environment),
    'x-model-version': headerValue(report.version),
  };
  if (report.fallback) headers['x-fallback'] = 'true';
  return headers;
}
