import type { CallReport } from './call.js';

/** The provider's word: it may hold characters that Node refuses in a header. */
const SENDABLE = /^[\x20-\x7e]{1,256}$/;

/** Headers that tell a caller over HTTP which environment answered. */
export function reportHeaders(report: CallReport): Record<string, string> {
  const headers: Record<string, string> = {
    'x-request-id': report.requestId,
    'x-deployment-env': report.environment,
    'x-environment': report.environment,
    'x-model-version': report.version,
  };
  const { upstreamModel } = report;
  if (upstreamModel !== undefined && SENDABLE.test(upstreamModel)) headers['x-upstream-model'] = upstreamModel;
  if (report.fallback) headers['x-fallback'] = 'true';
  return headers;
}
