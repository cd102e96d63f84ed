import { objectAt, stringAt, type JsonObject } from '../../../lib/kit/json.js';
import { objectsIn } from '../../../lib/upstream/dialects/request-parts.js';
import type { Speaker } from './speaker.js';
import { piecesOf, textIn, type Turn } from './turn.js';

const USAGE = {
  prompt_tokens: 11,
  completion_tokens: 7,
  total_tokens: 18,
  prompt_tokens_details: { cached_tokens: 3 },
  completion_tokens_details: { reasoning_tokens: 2 },
};

/** OpenAI's chat completions. */
export const chat: Speaker = {
  asked(body) {
    const turns = objectsIn(body['messages']);
    const lastUser = turns.findLastIndex(({ role }) => role === 'user');
    const format = objectAt(objectAt(body, 'response_format') ?? {}, 'json_schema');
    return {
      user: textIn(turns[lastUser]?.['content']),
      results: turns
        .slice(lastUser + 1)
        .filter(({ role }) => role === 'tool')
        .map(({ content }) => textIn(content)),
      tools: objectsIn(body['tools']).map((tool) => {
        const described = objectAt(tool, 'function') ?? {};
        return { name: stringAt(described, 'name') ?? '', schema: objectAt(described, 'parameters') ?? {} };
      }),
      schema: format && objectAt(format, 'schema'),
    };
  },
  whole(turn, body) {
    const message = {
      role: 'assistant',
      content: turn.calls.length > 0 ? null : turn.text,
      refusal: null,
      ...(turn.calls.length > 0 && { tool_calls: callsOf(turn) }),
    };
    const choices = Array.from({ length: choicesOf(body) }, (_, index) => ({
      index,
      message,
      logprobs: null,
      finish_reason: endOf(turn),
    }));
    return { ...head(body), object: 'chat.completion', choices, usage: USAGE };
  },
  *events(turn, body) {
    const chunk = (index: number, delta: object, finish_reason: string | null = null) => ({
      data: {
        ...head(body),
        object: 'chat.completion.chunk',
        choices: [{ index, delta, logprobs: null, finish_reason }],
      },
    });
    for (let index = 0; index < choicesOf(body); index++) {
      yield chunk(index, { role: 'assistant', content: turn.calls.length > 0 ? null : '' });
      for (const piece of piecesOf(turn.thought ?? '')) yield chunk(index, { reasoning_content: piece });
      for (const piece of piecesOf(turn.text)) yield chunk(index, { content: piece });
      for (const [n, { function: named, ...call }] of callsOf(turn).entries()) {
        yield chunk(index, { tool_calls: [{ index: n, ...call, function: { name: named.name, arguments: '' } }] });
        for (const piece of piecesOf(named.arguments)) {
          yield chunk(index, { tool_calls: [{ index: n, function: { arguments: piece } }] });
        }
      }
      yield chunk(index, {}, endOf(turn));
    }
    const wantsUsage = objectAt(body, 'stream_options')?.['include_usage'] === true;
    if (wantsUsage) yield { data: { ...head(body), object: 'chat.completion.chunk', choices: [], usage: USAGE } };
    yield { data: '[DONE]' };
  },
  error: (message, type) => ({ error: { message, type, param: null, code: null } }),
};

function head(body: JsonObject): object {
  return { id: 'chatcmpl-bench', created: 1_764_000_000, model: body['model'], system_fingerprint: 'fp_1' };
}

function choicesOf(body: JsonObject): number {
  return typeof body['n'] === 'number' ? body['n'] : 1;
}

function endOf({ calls }: Turn): string {
  return calls.length > 0 ? 'tool_calls' : 'stop';
}

function callsOf({ calls }: Turn) {
  return calls.map(({ name, args }, n) => ({
    id: `call_${n}`,
    type: 'function',
    function: { name, arguments: JSON.stringify(args) },
  }));
}
