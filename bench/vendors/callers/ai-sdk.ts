import {
  generateText,
  jsonSchema,
  Output,
  streamText,
  tool,
  type FinishReason,
  type LanguageModelUsage,
  type ModelMessage,
  type ToolChoice,
  type ToolSet,
} from 'ai';
import type { Ask, Exercise, Got, Said, ToolUse } from '../exercise.js';
import { told } from '../wires/wire.js';
import { isByAddress, type Caller, type Place } from './caller.js';

const ENDS: Readonly<Partial<Record<FinishReason, Said['end']>>> = {
  stop: 'stop',
  length: 'length',
  'tool-calls': 'tools',
  'content-filter': 'filtered',
};

/** The AI SDK with the route as its model: no HTTP on this side. */
export const aiSdk: Caller = {
  name: 'ai',
  hides: [],
  // It fetches addresses itself, before a model is asked.
  can: (ask) => ask.choices === undefined && !ask.logprobs && !isByAddress(ask),
  async run({ router }: Place, { ask, stream }: Exercise) {
    const request = { model: router.languageModel('chat'), maxRetries: 0, ...settingsOf(ask) };
    if (!stream) {
      const { reasoningText, text, toolCalls, finishReason, usage } = await generateText(request);
      return gotOf(reasoningText, text, toolCalls, finishReason, usage);
    }
    let failed: { readonly error: unknown } | undefined;
    const result = streamText({ ...request, onError: ({ error }) => void (failed ??= { error }) });
    await result.consumeStream({ onError: (error) => void (failed ??= { error }) });
    if (failed) throw failed.error;
    const [thought, text, calls, end] = await Promise.all([
      result.reasoningText,
      result.text,
      result.toolCalls,
      result.finishReason,
    ]);
    return gotOf(thought, text, calls, end, await result.usage);
  },
};

function settingsOf(ask: Ask) {
  const openai = told({ reasoningEffort: ask.effort, parallelToolCalls: ask.parallel, user: ask.user });
  return told({
    system: ask.system,
    messages: ask.turns.map((turn) => messageOf(turn, ask)),
    tools: ask.tools && toolsOf(ask.tools),
    toolChoice: choiceOf(ask.choice),
    output: ask.json
      ? Output.json()
      : ask.schema &&
        Output.object({ schema: jsonSchema(ask.schema as Parameters<typeof jsonSchema>[0]), name: 'report' }),
    maxOutputTokens: ask.maxTokens,
    temperature: ask.temperature,
    topP: ask.topP,
    topK: ask.topK,
    stopSequences: ask.stop && [...ask.stop],
    seed: ask.seed,
    presencePenalty: ask.presence,
    providerOptions: Object.keys(openai).length > 0 ? { openai } : undefined,
  });
}

function toolsOf(tools: NonNullable<Ask['tools']>): ToolSet {
  return Object.fromEntries(
    tools.map(({ name, description, schema }) => [
      name,
      tool({ description, inputSchema: jsonSchema(schema as Parameters<typeof jsonSchema>[0]) }),
    ]),
  );
}

function choiceOf(choice: string | undefined): ToolChoice<ToolSet> | undefined {
  if (choice?.startsWith('=')) return { type: 'tool', toolName: choice.slice(1) };
  return choice as 'auto' | undefined;
}

function messageOf(
  { role, text = '', pictures = [], uses = [], outcomes = [] }: Ask['turns'][number],
  ask: Ask,
): ModelMessage {
  switch (role) {
    case 'user':
      return {
        role,
        content: [
          { type: 'text', text },
          ...pictures.map(({ mediaType, data }) => ({ type: 'file' as const, mediaType, data: data ?? '' })),
        ],
      };
    case 'assistant':
      return {
        role,
        content: [
          ...(text === '' ? [] : [{ type: 'text' as const, text }]),
          ...uses.map(({ id, name, args }) => ({
            type: 'tool-call' as const,
            toolCallId: id,
            toolName: name,
            input: args,
          })),
        ],
      };
    case 'tool':
      return {
        role,
        content: outcomes.map(({ id, text: said, failed, picture }) => ({
          type: 'tool-result' as const,
          toolCallId: id,
          toolName: nameOf(id, ask),
          output: picture
            ? {
                type: 'content' as const,
                value: [
                  { type: 'text' as const, text: said },
                  { type: 'image-data' as const, data: picture.data!, mediaType: picture.mediaType },
                ],
              }
            : { type: failed ? ('error-text' as const) : ('text' as const), value: said },
        })),
      };
  }
}

function nameOf(id: string, { turns }: Ask): string {
  return turns.flatMap(({ uses = [] }) => uses).find((use) => use.id === id)!.name;
}

function gotOf(
  thought: string | undefined,
  text: string,
  calls: readonly { toolCallId: string; toolName: string; input: unknown }[],
  end: FinishReason,
  usage: LanguageModelUsage,
): Got {
  const uses = calls.map(
    ({ toolCallId, toolName, input }) => ({ id: toolCallId, name: toolName, args: input }) as ToolUse,
  );
  const { inputTokens = -1, outputTokens = -1, inputTokenDetails, outputTokenDetails } = usage;
  const tokens = {
    input: inputTokens,
    output: outputTokens,
    cached: inputTokenDetails.cacheReadTokens ?? -1,
    reasoning: outputTokenDetails.reasoningTokens ?? 0,
  };
  return { thought, text, uses, end: ENDS[end], tokens };
}
