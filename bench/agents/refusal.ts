import { json, type Reply } from '../vendors/wires/wire.js';

/** A refusal, in the words of a vendor. */
export interface Refusal {
  readonly message: string;
  readonly status?: number;
  readonly code?: string;
  readonly param?: string;
}

/** As Anthropic writes it. */
export function asAnthropic({ message, status = 400 }: Refusal): Reply {
  const type = status === 404 ? 'not_found_error' : 'invalid_request_error';
  return json(status, { type: 'error', error: { type, message }, request_id: 'req_bench' });
}

/** As OpenAI writes it. */
export function asOpenAi({ message, status = 400, code, param }: Refusal): Reply {
  const error = { message, type: 'invalid_request_error', param: param ?? null, code: code ?? null };
  return json(status, { error });
}
