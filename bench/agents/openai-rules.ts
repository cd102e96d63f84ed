import { numberAt, stringAt, type JsonObject } from '../../lib/kit/json.js';
import { objectsIn } from '../../lib/upstream/dialects/request-parts.js';
import type { Refusal } from './refusal.js';

const FIELDS = new Set(
  (
    'model input instructions stream stream_options max_output_tokens temperature top_p tools tool_choice ' +
    'parallel_tool_calls text reasoning user store include metadata service_tier previous_response_id truncation ' +
    'prompt_cache_key safety_identifier top_logprobs client_metadata'
  ).split(' '),
);

const PREFIXES: Readonly<Record<string, string>> = { reasoning: 'rs', function_call: 'fc', message: 'msg' };

const LONGEST_CALL_ID = 64;

/** State of one organization: the thoughts that it encrypted, and the responses that it keeps. */
export interface OpenAiState {
  readonly encrypted: ReadonlySet<string>;
  readonly responses: ReadonlySet<string>;
}

/** The reason why OpenAI would refuse a request for a response. */
export function refusedByOpenAi(body: JsonObject, state: OpenAiState): Refusal | undefined {
  const unknown = Object.keys(body).find((name) => !FIELDS.has(name));
  if (unknown !== undefined) {
    return { message: `Unknown parameter: '${unknown}'.`, code: 'unknown_parameter', param: unknown };
  }
  const setting = settingRefused(body);
  if (setting) return setting;
  const previous = stringAt(body, 'previous_response_id');
  if (previous !== undefined && !state.responses.has(previous)) {
    const message = `Previous response with id '${previous}' not found.`;
    return { message, code: 'previous_response_not_found', param: 'previous_response_id' };
  }
  const items = objectsIn(body['input']);
  for (const [at, item] of items.entries()) {
    const refusal = itemRefused(item, at, items, state);
    if (refusal) return refusal;
  }
  return unanswered(items);
}

const LONGEST_USER = 64;
const LEAST_OUTPUT = 16;

/** In chat completions as well. */
export function settingRefused(body: JsonObject): Refusal | undefined {
  const longest = stringAt(body, 'user')?.length ?? 0;
  if (longest > LONGEST_USER) {
    const message = `Invalid 'user': string too long. Expected a string with maximum length ${LONGEST_USER}.`;
    return { message, code: 'string_above_max_length', param: 'user' };
  }
  const limit = numberAt(body, 'max_output_tokens') ?? LEAST_OUTPUT;
  if (limit >= LEAST_OUTPUT) return undefined;
  const message = `Invalid 'max_output_tokens': integer below minimum value. Expected a value >= ${LEAST_OUTPUT}.`;
  return { message, code: 'integer_below_min_value', param: 'max_output_tokens' };
}

function itemRefused(
  item: JsonObject,
  at: number,
  items: readonly JsonObject[],
  { encrypted }: OpenAiState,
): Refusal | undefined {
  const param = `input[${at}]`;
  const id = stringAt(item, 'id');
  const prefix = PREFIXES[stringAt(item, 'type') ?? ''];
  if (id !== undefined && prefix !== undefined && !id.startsWith(prefix)) {
    const message = `Invalid '${param}.id': '${id}'. Expected an ID that begins with '${prefix}'.`;
    return { message, code: 'invalid_value', param: `${param}.id` };
  }
  if ((stringAt(item, 'call_id')?.length ?? 0) > LONGEST_CALL_ID) {
    const message = `Invalid '${param}.call_id': string too long. Expected a string with maximum length 64.`;
    return { message, code: 'string_above_max_length', param: `${param}.call_id` };
  }
  if (item['type'] !== 'reasoning') return undefined;
  const value = stringAt(item, 'encrypted_content');
  if (value === undefined) {
    const message = `Item with id '${id}' not found. Items are not persisted when \`store\` is set to false.`;
    return { message, status: 404, param: 'input' };
  }
  if (!encrypted.has(value)) {
    const reason = 'Encrypted content organization_id did not match the target organization.';
    const message = `The encrypted content ${value.slice(0, 4)}... could not be verified. Reason: ${reason}`;
    return { message, code: 'invalid_encrypted_content' };
  }
  if (items[at + 1] !== undefined && items[at + 1]!['role'] !== 'user') return undefined;
  const message = `Item '${id}' of type 'reasoning' was provided without its required following item.`;
  return { message, param: 'input' };
}

/** Every call has its result, and every result its call. */
function unanswered(items: readonly JsonObject[]): Refusal | undefined {
  const ids = (kind: string) => items.filter(({ type }) => type === kind).map(({ call_id }) => String(call_id));
  const [calls, outputs] = [ids('function_call'), ids('function_call_output')];
  const open = calls.find((id) => !outputs.includes(id));
  if (open !== undefined) return { message: `No tool output found for function call ${open}.`, param: 'input' };
  const stray = outputs.find((id) => !calls.includes(id));
  if (stray === undefined) return undefined;
  return { message: `No tool call found for function call output with call_id ${stray}.`, param: 'input' };
}
