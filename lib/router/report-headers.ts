import { headerValue } from '../kit/header-value.js';
import type { CallReport } from './call-report.js';

/** The provider's word: it may hold characters that Node refuses in a header. */
const SENDABLE = /^[\x20-\x7e]{1,256}$/;

/** Headers that tell a caller over HTTP which environment answered. */
export function reportHeaders(report: CallReport): Record<string, string> {
  const environment = headerValue(report.environment);
  const headers: Record<string, string> = {
    'x-request-id': headerValue(report.requestId),
    'x-deployment-env': environment,
    'x-environment': environment,
    'x-model-version': headerValue(report.version),
  };
  const { upstreamModel } = report;
  if (upstreamModel !== undefined && SENDABLE.test(upstreamModel)) headers['x-upstream-model'] = upstreamModel;
  if (report.fallback) headers['x-fallback'] = 'true';
  return headers;
}
