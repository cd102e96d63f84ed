import {
  AIMessage,
  HumanMessage,
  SystemMessage,
  ToolMessage,
  type UsageMetadata,
  type AIMessageChunk,
  type BaseMessage,
} from '@langchain/core/messages';
import { concat } from '@langchain/core/utils/stream';
import { ChatOpenAI } from '@langchain/openai';
import type { Ask, Exercise, Got, Said } from '../exercise.js';
import { told } from '../wires/wire.js';
import { hasRichResults, isDocument, urlOf, type Caller, type Place } from './caller.js';

const ENDS: Readonly<Record<string, Said['end']>> = {
  stop: 'stop',
  length: 'length',
  tool_calls: 'tools',
  content_filter: 'filtered',
};

export const langChain: Caller = {
  name: '@langchain/openai',
  hides: ['thought'],
  can: (ask) =>
    ask.topK === undefined && ask.seed === undefined && !hasRichResults(ask) && !isDocument(ask) && !ask.choices,
  async run({ origin, apiKey }: Place, { ask, stream }: Exercise) {
    const settings = told({
      temperature: ask.temperature,
      topP: ask.topP,
      maxTokens: ask.maxTokens,
      stop: ask.stop && [...ask.stop],
      presencePenalty: ask.presence,
      user: ask.user,
      logprobs: ask.logprobs,
      reasoning: ask.effort && { effort: ask.effort },
      modelKwargs: ask.effort && { reasoning_effort: ask.effort },
    });
    const configuration = { baseURL: `${origin}/v1`, logLevel: 'off' as const };
    const model = new ChatOpenAI({ model: 'chat', apiKey, maxRetries: 0, configuration, ...settings });
    const options = told({
      tools: ask.tools?.map(({ schema, ...named }) => ({
        type: 'function' as const,
        function: { ...named, parameters: schema },
      })),
      tool_choice: ask.choice?.replace(/^=/, ''),
      parallel_tool_calls: ask.parallel,
      response_format: ask.json
        ? ({ type: 'json_object' } as const)
        : ask.schema &&
          ({ type: 'json_schema', json_schema: { name: 'report', schema: ask.schema, strict: true } } as const),
    });
    const messages = messagesOf(ask);
    if (!stream) return gotOf(await model.invoke(messages, options));
    let whole: AIMessageChunk | undefined;
    for await (const chunk of await model.stream(messages, options)) whole = whole ? concat(whole, chunk) : chunk;
    return gotOf(whole!);
  },
};

function messagesOf({ system, turns }: Ask): BaseMessage[] {
  const first = system === undefined ? [] : [new SystemMessage(system)];
  return [
    ...first,
    ...turns.flatMap(({ role, text = '', pictures = [], uses = [], outcomes = [] }): BaseMessage[] => {
      if (role === 'tool')
        return outcomes.map(({ id, text: content }) => new ToolMessage({ tool_call_id: id, content }));
      if (role === 'assistant') return [new AIMessage({ content: text, tool_calls: uses.map((use) => ({ ...use })) })];
      const images = pictures.map((picture) => ({ type: 'image_url' as const, image_url: { url: urlOf(picture) } }));
      return [new HumanMessage({ content: images.length > 0 ? [{ type: 'text', text }, ...images] : text })];
    }),
  ];
}

function gotOf(message: AIMessage | AIMessageChunk): Got {
  const { text, tool_calls = [], response_metadata } = message;
  const usage = message.usage_metadata as UsageMetadata | undefined;
  return {
    text,
    uses: tool_calls.map(({ id = '', name, args }) => ({ id, name, args: args as Record<string, unknown> })),
    end: ENDS[String(response_metadata['finish_reason'])],
    tokens: {
      input: usage?.input_tokens ?? -1,
      output: usage?.output_tokens ?? -1,
      cached: usage?.input_token_details?.cache_read ?? -1,
      reasoning: usage?.output_token_details?.reasoning ?? -1,
    },
  };
}
