import OpenAI from 'openai';
import { isObject, stringAt } from '../../../lib/kit/json.js';
import type { Ask, Exercise, Got, Said } from '../exercise.js';
import { told } from '../wires/wire.js';
import { hasRichResults, urlOf, type Caller, type Place } from './caller.js';

type Params = OpenAI.ChatCompletionCreateParamsNonStreaming;
type Message = OpenAI.ChatCompletionMessageParam;

const ENDS: Readonly<Record<string, Said['end']>> = {
  stop: 'stop',
  length: 'length',
  tool_calls: 'tools',
  content_filter: 'filtered',
};

export const openAiChat: Caller = {
  name: 'openai chat',
  hides: [],
  can: (ask) => ask.topK === undefined && !hasRichResults(ask),
  async run({ origin, apiKey }: Place, { ask, stream }: Exercise) {
    const client = new OpenAI({ apiKey, baseURL: `${origin}/v1`, maxRetries: 0 });
    const params = chatParams(ask);
    if (!stream) return gotOf(await client.chat.completions.create(params));
    const streamed = client.chat.completions.stream({
      ...params,
      stream: true,
      stream_options: { include_usage: true },
    });
    let thought = '';
    for await (const chunk of streamed) thought += thoughtIn(chunk.choices[0]?.delta) ?? '';
    return { ...gotOf(await streamed.finalChatCompletion()), thought: thought || undefined };
  },
};

function chatParams(ask: Ask): Params {
  return told<Params>({
    model: 'chat',
    messages: messagesOf(ask),
    tools: ask.tools?.map(({ schema, ...named }) => ({ type: 'function', function: { ...named, parameters: schema } })),
    tool_choice: ask.choice?.startsWith('=')
      ? { type: 'function', function: { name: ask.choice.slice(1) } }
      : (ask.choice as 'auto' | undefined),
    parallel_tool_calls: ask.parallel,
    response_format: ask.json
      ? { type: 'json_object' }
      : ask.schema && { type: 'json_schema', json_schema: { name: 'report', schema: ask.schema, strict: true } },
    reasoning_effort: ask.effort,
    max_tokens: ask.maxTokens,
    temperature: ask.temperature,
    top_p: ask.topP,
    stop: ask.stop && [...ask.stop],
    seed: ask.seed,
    presence_penalty: ask.presence,
    user: ask.user,
    n: ask.choices,
    logprobs: ask.logprobs,
  });
}

function messagesOf({ system, turns }: Ask): Message[] {
  const first: Message[] = system === undefined ? [] : [{ role: 'system', content: system }];
  return [
    ...first,
    ...turns.flatMap(({ role, text = '', pictures = [], uses = [], outcomes = [] }): Message[] => {
      if (role === 'tool') return outcomes.map(({ id, text: content }) => ({ role, tool_call_id: id, content }));
      if (role === 'assistant') {
        const tool_calls = uses.map(({ id, name, args }) => ({
          id,
          type: 'function' as const,
          function: { name, arguments: JSON.stringify(args) },
        }));
        return [{ role, content: text === '' ? null : text, ...(uses.length > 0 && { tool_calls }) }];
      }
      if (pictures.length === 0) return [{ role, content: text }];
      const files = pictures.map((picture) =>
        picture.mediaType.startsWith('image/')
          ? { type: 'image_url' as const, image_url: { url: urlOf(picture) } }
          : { type: 'file' as const, file: { filename: 'paper.pdf', file_data: urlOf(picture) } },
      );
      return [{ role, content: [{ type: 'text', text }, ...files] }];
    }),
  ];
}

/** A field that many vendors have and the SDK does not know. */
function thoughtIn(holder: object | undefined): string | undefined {
  return isObject(holder) ? stringAt(holder, 'reasoning_content') : undefined;
}

function gotOf({ choices, usage }: OpenAI.ChatCompletion): Got {
  const { message, finish_reason } = choices[0]!;
  return {
    thought: thoughtIn(message),
    text: message.content ?? '',
    uses: (message.tool_calls ?? []).flatMap((call) =>
      call.type === 'function'
        ? [
            {
              id: call.id,
              name: call.function.name,
              args: JSON.parse(call.function.arguments) as Record<string, unknown>,
            },
          ]
        : [],
    ),
    end: ENDS[finish_reason],
    tokens: {
      input: usage?.prompt_tokens ?? -1,
      output: usage?.completion_tokens ?? -1,
      cached: usage?.prompt_tokens_details?.cached_tokens ?? -1,
      reasoning: usage?.completion_tokens_details?.reasoning_tokens ?? -1,
    },
  };
}
