import Anthropic from '@anthropic-ai/sdk';
import type { Ask, Exercise, Got, Said } from '../exercise.js';
import { told } from '../wires/wire.js';
import type { Caller, Place } from './caller.js';

type Params = Anthropic.MessageCreateParamsNonStreaming;

const ENDS: Readonly<Record<string, Said['end']>> = {
  end_turn: 'stop',
  max_tokens: 'length',
  tool_use: 'tools',
  refusal: 'filtered',
};
const BUDGETS = { low: 2_048, medium: 8_192, high: 16_384 };

export const anthropic: Caller = {
  name: '@anthropic-ai/sdk',
  hides: [],
  // Its own API takes one sampler.
  can: ({ json, seed, presence, choices, logprobs, temperature, topP }) =>
    (temperature === undefined || topP === undefined) &&
    [json, seed, presence, choices, logprobs].every((setting) => setting === undefined),
  async run({ origin, apiKey }: Place, { ask, stream }: Exercise) {
    const client = new Anthropic({ apiKey, baseURL: origin, maxRetries: 0 });
    const params = messageParams(ask);
    return gotOf(stream ? await client.messages.stream(params).finalMessage() : await client.messages.create(params));
  },
};

function messageParams(ask: Ask): Params {
  const disabled = ask.parallel === undefined ? {} : { disable_parallel_tool_use: !ask.parallel };
  // The SDK's types leave the settings of samplers out; its API takes them.
  const settings = { temperature: ask.temperature, top_p: ask.topP, top_k: ask.topK };
  const request = told<Params>({
    model: 'chat',
    max_tokens: ask.maxTokens ?? 4_096,
    system: ask.system,
    messages: ask.turns.map(messageOf),
    tools: ask.tools?.map(({ schema, ...named }) => ({
      ...named,
      input_schema: schema as unknown as Anthropic.Tool.InputSchema,
    })),
    tool_choice: choiceOf(ask.choice, disabled),
    output_config: ask.schema && { format: { type: 'json_schema', schema: ask.schema } },
    thinking: ask.effort && { type: 'enabled', budget_tokens: BUDGETS[ask.effort] },
    stop_sequences: ask.stop && [...ask.stop],
    metadata: ask.user === undefined ? undefined : { user_id: ask.user },
  });
  return { ...request, ...told(settings) };
}

function choiceOf(choice: string | undefined, disabled: object): Anthropic.ToolChoice | undefined {
  if (choice === undefined) return Object.keys(disabled).length > 0 ? { type: 'auto', ...disabled } : undefined;
  if (choice.startsWith('=')) return { type: 'tool', name: choice.slice(1), ...disabled };
  return choice === 'none' ? { type: 'none' } : { type: choice === 'required' ? 'any' : 'auto', ...disabled };
}

function messageOf({
  role,
  text = '',
  pictures = [],
  uses = [],
  outcomes = [],
}: Ask['turns'][number]): Anthropic.MessageParam {
  const content: Anthropic.ContentBlockParam[] = outcomes.map(({ id, text: said, failed, picture }) => ({
    type: 'tool_result',
    tool_use_id: id,
    content: picture ? [{ type: 'text', text: said }, blockOf(picture) as Anthropic.ImageBlockParam] : said,
    ...(failed && { is_error: true }),
  }));
  if (text !== '') content.push({ type: 'text', text });
  content.push(...pictures.map(blockOf));
  content.push(...uses.map(({ id, name, args }) => ({ type: 'tool_use' as const, id, name, input: args })));
  return { role: role === 'tool' ? 'user' : role, content };
}

function blockOf({
  mediaType,
  data,
  url,
}: {
  mediaType: string;
  data?: string;
  url?: string;
}): Anthropic.ContentBlockParam {
  const type = mediaType.startsWith('image/') ? 'image' : 'document';
  const source = url === undefined ? { type: 'base64', media_type: mediaType, data } : { type: 'url', url };
  return { type, source } as Anthropic.ImageBlockParam;
}

function gotOf({ content, stop_reason, usage }: Anthropic.Message): Got {
  const thoughts = content.flatMap((block) => (block.type === 'thinking' ? [block.thinking] : []));
  return {
    thought: thoughts.length > 0 ? thoughts.join('') : undefined,
    text: content.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join(''),
    uses: content.flatMap((block) =>
      block.type === 'tool_use'
        ? [{ id: block.id, name: block.name, args: block.input as Record<string, unknown> }]
        : [],
    ),
    end: ENDS[stop_reason ?? ''],
    tokens: {
      input: usage.input_tokens + (usage.cache_read_input_tokens ?? 0) + (usage.cache_creation_input_tokens ?? 0),
      cached: usage.cache_read_input_tokens ?? -1,
      output: usage.output_tokens,
      reasoning: usage.output_tokens_details?.thinking_tokens ?? 0,
    },
  };
}
