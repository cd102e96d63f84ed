import OpenAI from 'openai';
import type { Ask, Exercise, Got, Said } from '../exercise.js';
import { told } from '../wires/wire.js';
import { urlOf, type Caller, type Place } from './caller.js';

type Params = OpenAI.Responses.ResponseCreateParamsNonStreaming;
type Item = OpenAI.Responses.ResponseInputItem;

export const openAiResponses: Caller = {
  name: 'openai responses',
  hides: [],
  can: ({ stop, topK, seed, presence, choices, turns }) =>
    [stop, topK, seed, presence, choices].every((setting) => setting === undefined) &&
    !turns.some(({ outcomes }) => outcomes?.some(({ failed }) => failed)),
  async run({ origin, apiKey }: Place, { ask, stream }: Exercise) {
    const client = new OpenAI({ apiKey, baseURL: `${origin}/v1`, maxRetries: 0 });
    const params = responseParams(ask);
    if (!stream) return gotOf(await client.responses.create(params));
    return gotOf(await client.responses.stream({ ...params, stream: true }).finalResponse());
  },
};

function responseParams(ask: Ask): Params {
  return told<Params>({
    model: 'chat',
    instructions: ask.system,
    input: ask.turns.flatMap(itemsOf),
    tools: ask.tools?.map(({ schema, ...named }) => ({
      type: 'function',
      ...named,
      parameters: schema,
      strict: false,
    })),
    tool_choice: ask.choice?.startsWith('=')
      ? { type: 'function', name: ask.choice.slice(1) }
      : (ask.choice as 'auto' | undefined),
    parallel_tool_calls: ask.parallel,
    text: ask.json
      ? { format: { type: 'json_object' } }
      : ask.schema && { format: { type: 'json_schema', name: 'report', schema: ask.schema, strict: true } },
    reasoning: ask.effort && { effort: ask.effort, summary: 'auto' },
    max_output_tokens: ask.maxTokens,
    temperature: ask.temperature,
    top_p: ask.topP,
    user: ask.user,
    top_logprobs: ask.logprobs && 2,
  });
}

function itemsOf({ role, text = '', pictures = [], uses = [], outcomes = [] }: Ask['turns'][number]): Item[] {
  if (role === 'tool') {
    return outcomes.map(({ id, text: said, picture }) => ({
      type: 'function_call_output',
      call_id: id,
      output: picture
        ? [
            { type: 'input_text', text: said },
            { type: 'input_image', image_url: urlOf(picture) },
          ]
        : said,
    }));
  }
  const calls = uses.map(({ id, name, args }) => ({
    type: 'function_call' as const,
    call_id: id,
    name,
    arguments: JSON.stringify(args),
  }));
  if (role === 'assistant') return [...(text === '' ? [] : [{ role, content: text }]), ...calls];
  if (pictures.length === 0) return [{ role, content: text }];
  const files = pictures.map((picture) =>
    picture.mediaType.startsWith('image/')
      ? { type: 'input_image' as const, image_url: urlOf(picture), detail: 'auto' as const }
      : { type: 'input_file' as const, filename: 'paper.pdf', file_data: urlOf(picture) },
  );
  return [{ role, content: [{ type: 'input_text', text }, ...files] }];
}

function gotOf(response: OpenAI.Responses.Response): Got {
  const { output, usage, incomplete_details } = response;
  const thoughts = output.flatMap((item) => (item.type === 'reasoning' ? item.summary.map(({ text }) => text) : []));
  const uses = output.flatMap((item) =>
    item.type === 'function_call'
      ? [{ id: item.call_id, name: item.name, args: JSON.parse(item.arguments) as Record<string, unknown> }]
      : [],
  );
  return {
    thought: thoughts.length > 0 ? thoughts.join('') : undefined,
    text: output
      .flatMap((item) =>
        item.type === 'message'
          ? item.content.map((part) => (part.type === 'output_text' ? part.text : part.refusal))
          : [],
      )
      .join(''),
    uses,
    end: endOf(response.status, incomplete_details?.reason, uses.length > 0),
    tokens: {
      input: usage?.input_tokens ?? -1,
      output: usage?.output_tokens ?? -1,
      cached: usage?.input_tokens_details.cached_tokens ?? -1,
      reasoning: usage?.output_tokens_details.reasoning_tokens ?? -1,
    },
  };
}

function endOf(status: string | undefined, reason: string | undefined, calls: boolean): Said['end'] | undefined {
  if (reason === 'max_output_tokens') return 'length';
  if (reason === 'content_filter') return 'filtered';
  if (status !== 'completed') return undefined;
  return calls ? 'tools' : 'stop';
}
