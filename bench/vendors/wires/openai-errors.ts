import type { Fault } from '../exercise.js';
import { json, type Reply } from './wire.js';

interface Error {
  readonly status: number;
  readonly code: string | null;
  readonly type: string;
  readonly message: string;
}

const ERRORS: Readonly<Record<string, Error>> = {
  rejected: { status: 400, code: 'invalid_value', type: 'invalid_request_error', message: 'Invalid value for x.' },
  context_length: {
    status: 400,
    code: 'context_length_exceeded',
    type: 'invalid_request_error',
    message: "This model's maximum context length is 128000 tokens.",
  },
  content_filter: { status: 400, code: 'content_filter', type: 'invalid_request_error', message: 'Filtered.' },
  auth: { status: 401, code: 'invalid_api_key', type: 'invalid_request_error', message: 'Incorrect API key provided.' },
  not_found: { status: 404, code: 'model_not_found', type: 'invalid_request_error', message: 'No such model.' },
  rate_limited: { status: 429, code: 'rate_limit_exceeded', type: 'requests', message: 'Rate limit reached.' },
  quota: { status: 429, code: 'insufficient_quota', type: 'insufficient_quota', message: 'You exceeded your quota.' },
  server_error: { status: 500, code: null, type: 'server_error', message: 'The server had an error.' },
  overloaded: { status: 503, code: null, type: 'server_error', message: 'The engine is overloaded.' },
};

export function openAiFails({ name }: Fault): Reply {
  const { status, ...error } = ERRORS[name]!;
  const headers = name === 'rate_limited' ? { 'retry-after': '7' } : undefined;
  return json(status, { error: { param: null, ...error } }, headers);
}

export const STREAM_ERROR = { message: 'The server had an error.', type: 'server_error', code: null, param: null };
