import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { known } from './organizations.js';

/** One conversation by one SDK. Each turn brings along all that the SDK returned before. */
export interface Talk {
  /** Says something, or what a tool returned; returns the turns that the answer knows. */
  turn(origin: string): Promise<number>;
}

export interface Talker {
  readonly name: string;
  /** The vendor keeps the conversation. */
  readonly isKept: boolean;
  begin(apiKey: string): Talk;
}

const SCHEMA = { type: 'object' as const, properties: { turn: { type: 'integer' } }, required: ['turn'] };
const TOOL = { type: 'function' as const, name: 'look', parameters: SCHEMA, strict: false };

/** Anthropic's SDK: thoughts and their signatures come back with every turn. */
function withThoughts(stream: boolean): Talker {
  return {
    name: `thoughts and tools${stream ? ', streamed' : ''}`,
    isKept: false,
    begin(apiKey) {
      const messages: Anthropic.MessageParam[] = [];
      return {
        async turn(baseURL) {
          const last = messages.at(-1)?.content ?? [];
          const calls = typeof last === 'string' ? [] : last.filter((block) => block.type === 'tool_use');
          const results = calls.map(({ id }) => ({ type: 'tool_result' as const, tool_use_id: id, content: 'seen' }));
          messages.push({ role: 'user', content: results.length > 0 ? results : 'And then?' });
          const client = new Anthropic({ apiKey, baseURL, maxRetries: 0 });
          const params = {
            model: 'chat',
            max_tokens: 4_000,
            thinking: { type: 'enabled' as const, budget_tokens: 2_048 },
            tools: [{ name: 'look', input_schema: SCHEMA }],
            messages,
          };
          const answer = stream
            ? await client.messages.stream(params).finalMessage()
            : await client.messages.create(params);
          messages.push({ role: 'assistant', content: answer.content });
          return known(answer.content.map((block) => (block.type === 'text' ? block.text : '')).join(''));
        },
      };
    },
  };
}

type Item = OpenAI.Responses.ResponseInputItem;

/**
 * OpenAI's SDK by responses: the vendor keeps the conversation, or its items, or all comes along with encrypted
 * thoughts.
 */
function byResponses(kept: 'conversation' | 'items' | 'nothing', stream: boolean): Talker {
  const carrier = { conversation: 'previous_response_id', items: 'references to items', nothing: 'encrypted items' };
  return {
    name: `${carrier[kept]} and tools${stream ? ', streamed' : ''}`,
    isKept: kept !== 'nothing',
    begin(apiKey) {
      let last: OpenAI.Responses.Response | undefined;
      const items: Item[] = [];
      return {
        async turn(origin) {
          const calls = (last?.output ?? []).filter((item) => item.type === 'function_call');
          const fresh: Item[] = calls.map(({ call_id }) => ({
            type: 'function_call_output',
            call_id,
            output: 'seen',
          }));
          if (fresh.length === 0) fresh.push({ role: 'user', content: 'And then?' });
          items.push(...fresh);
          const client = new OpenAI({ apiKey, baseURL: `${origin}/v1`, maxRetries: 0 });
          const params = {
            model: 'chat',
            tools: [TOOL],
            reasoning: { effort: 'low' as const, summary: 'auto' as const },
            input: kept === 'conversation' ? fresh : items,
            ...(kept === 'conversation' && { previous_response_id: last?.id ?? null }),
            ...(kept === 'nothing' && { store: false, include: ['reasoning.encrypted_content' as const] }),
          };
          last = stream ? await client.responses.stream(params).finalResponse() : await client.responses.create(params);
          items.push(...(kept === 'items' ? last.output.map(referred) : (last.output as Item[])));
          return known(textOf(last));
        },
      };
    },
  };
}

function referred({ id }: OpenAI.Responses.ResponseOutputItem): Item {
  return { type: 'item_reference', id: id ?? '' };
}

function textOf({ output }: OpenAI.Responses.Response): string {
  return output
    .flatMap((item) => (item.type === 'message' ? item.content : []))
    .map((part) => (part.type === 'output_text' ? part.text : ''))
    .join('');
}

export const TALKERS: readonly Talker[] = [false, true].flatMap((stream) => [
  withThoughts(stream),
  byResponses('conversation', stream),
  byResponses('items', stream),
  byResponses('nothing', stream),
]);
