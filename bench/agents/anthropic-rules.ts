import { numberAt, objectAt, stringAt, type JsonObject } from '../../lib/kit/json.js';
import { objectsIn } from '../../lib/upstream/dialects/request-parts.js';
import type { Refusal } from './refusal.js';

const FIELDS = new Set(
  (
    'model messages system max_tokens temperature top_p top_k stop_sequences stream tools tool_choice thinking ' +
    'metadata output_config service_tier context_management'
  ).split(' '),
);

const NAME = /^[a-zA-Z0-9_-]{1,128}$/;

/**
 * The reason why Anthropic would refuse a request.
 *
 * @param mine the thoughts that this organization has signed, by their signatures.
 */
export function refusedByAnthropic(body: JsonObject, mine: ReadonlyMap<string, string>): Refusal | undefined {
  const unknown = Object.keys(body).find((name) => !FIELDS.has(name));
  if (unknown !== undefined) return { message: `${unknown}: Extra inputs are not permitted` };
  if (numberAt(body, 'max_tokens') === undefined) return { message: 'max_tokens: Field required' };
  const wrongTool = objectsIn(body['tools']).findIndex(({ name }) => !NAME.test(String(name)));
  if (wrongTool >= 0) {
    return { message: `tools.${wrongTool}.custom.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'` };
  }
  const turns = objectsIn(body['messages']);
  for (const [at, { role, content }] of turns.entries()) {
    for (const [n, block] of objectsIn(content).entries()) {
      const message = blockRefused(block, mine);
      if (message !== undefined) return { message: `messages.${at}.content.${n}${message}` };
    }
    if (role === 'assistant') {
      const missing = missingResult(turns, at);
      if (missing !== undefined) return { message: missing };
    }
  }
  return withoutThoughts(body, turns);
}

function blockRefused(block: JsonObject, mine: ReadonlyMap<string, string>): string | undefined {
  switch (block['type']) {
    case 'thinking': {
      const signed = mine.get(String(block['signature']));
      if (signed === undefined) return ': Invalid `signature` in `thinking` block';
      const isSame = signed === block['thinking'];
      return isSame ? undefined : ': `thinking` blocks in the latest assistant message cannot be modified.';
    }
    case 'text':
      return block['text'] === '' ? ': text content blocks must be non-empty' : undefined;
    case 'tool_use':
      return NAME.test(String(block['id']))
        ? undefined
        : ".tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'";
    default:
      return undefined;
  }
}

/** Every call has its result in the next turn, and every result there its call. */
function missingResult(turns: readonly JsonObject[], at: number): string | undefined {
  const called = textsIn(turns[at]!, 'tool_use', 'id');
  const answered = textsIn(turns[at + 1] ?? {}, 'tool_result', 'tool_use_id');
  const open = called.find((id) => !answered.includes(id));
  if (open !== undefined) {
    return `messages.${at + 1}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${open}.`;
  }
  const stray = answered.find((id) => !called.includes(id));
  if (stray === undefined) return undefined;
  return `messages.${at + 1}.content.0: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${stray}.`;
}

function textsIn({ content }: JsonObject, kind: string, field: string): readonly string[] {
  return objectsIn(content)
    .filter(({ type }) => type === kind)
    .map((block) => String(block[field]));
}

/** With a budget for thoughts, the turn that goes on begins with them; models that decide for themselves do without. */
function withoutThoughts(body: JsonObject, turns: readonly JsonObject[]): Refusal | undefined {
  const thinking = objectAt(body, 'thinking');
  if (!thinking || stringAt(thinking, 'type') !== 'enabled') return undefined;
  if (numberAt(thinking, 'budget_tokens')! >= numberAt(body, 'max_tokens')!) {
    return { message: '`max_tokens` must be greater than `thinking.budget_tokens`.' };
  }
  const isResult = objectsIn(turns.at(-1)?.['content']).some(({ type }) => type === 'tool_result');
  const at = turns.length - 2;
  const [first] = objectsIn(turns[at]?.['content']);
  if (!isResult || !first || stringAt(first, 'type') === 'thinking') return undefined;
  const found = String(first['type']);
  return {
    message:
      `messages.${at}.content.0.type: Expected \`thinking\` or \`redacted_thinking\`, but found \`${found}\`. ` +
      'When `thinking` is enabled, a final `assistant` message must start with a thinking block.',
  };
}
