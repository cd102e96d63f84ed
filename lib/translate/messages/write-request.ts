import type { Asked, WrittenRequest } from '../asked.js';
import { hintNames } from '../chat/write-request.js';
import { cannotCarry, known, Untranslatable } from '../fields.js';
import { base64Of, fileOfResult, isAddress, isImage } from '../media.js';
import type { AssistantPart, FilePart, PromptMessage, ToolResultPart } from '../model.js';
import { isErrorOutput, textOfOutput } from '../results.js';
import { cacheControl, vendorField } from '../vendor-fields.js';
import { thinkingOf } from './thinking.js';

type Block = Readonly<Record<string, unknown>>;

interface Turn {
  readonly role: 'user' | 'assistant';
  readonly content: Block[];
}

/** @throws {Untranslatable} */
export function writeMessagesRequest(asked: Asked, stream: boolean): WrittenRequest {
  const dropped = new Set(hintNames(asked));
  for (const setting of ['seed', 'presencePenalty', 'frequencyPenalty'] as const) {
    // Zero is what every vendor has when nothing is said.
    if (asked[setting] !== undefined && (setting === 'seed' || asked[setting] !== 0)) throw new Untranslatable(setting);
  }
  if ((asked.temperature ?? 0) > 1) throw new Untranslatable('temperature');
  const system = asked.prompt.filter((message) => message.role === 'system');
  const { thinking, isDropped } = thinkingOf(asked);
  if (isDropped) dropped.add('reasoning_effort');
  if (thinking && asked.temperature !== undefined) dropped.add('temperature');
  const config = configOf(asked);
  const body = known<Record<string, unknown>>({
    system: system.length > 0 ? system.map(systemBlock) : undefined,
    messages: turnsOf(asked.prompt),
    max_tokens: asked.maxOutputTokens,
    temperature: thinking ? undefined : asked.temperature,
    top_p: asked.topP,
    top_k: asked.topK,
    stop_sequences: asked.stopSequences,
    metadata: asked.user === undefined ? undefined : { user_id: asked.user },
    tools: asked.tools?.map((tool) => {
      if (tool.type !== 'function') throw cannotCarry(tool, 'tools');
      const { name, description, inputSchema: input_schema, strict } = tool;
      const input_examples = tool.inputExamples?.map(({ input }) => input);
      const block = { name, description, input_schema, input_examples, strict: strict || undefined };
      return { ...known<Record<string, unknown>>(block), ...cacheControl(tool) };
    }),
    tool_choice: choiceOf(asked),
    thinking,
    output_config: config,
    stream: stream || undefined,
  });
  return { body, dropped: [...dropped] };
}

function systemBlock({ content, providerOptions }: PromptMessage & { role: 'system' }): Block {
  return { type: 'text', text: content, ...cacheControl(providerOptions ? { providerOptions } : {}) };
}

/** An answer in JSON needs its schema here. */
function configOf({ responseFormat, thinking }: Asked): Block | undefined {
  const effort = thinking?.isAdaptive === true ? { effort: thinking.effort } : undefined;
  if (responseFormat?.type !== 'json') return effort;
  if (!responseFormat.schema) throw new Untranslatable('responseFormat');
  return { ...effort, format: { type: 'json_schema', schema: responseFormat.schema } };
}

function choiceOf({ toolChoice, parallelToolCalls, tools = [] }: Asked): Block | undefined {
  const disable = parallelToolCalls === undefined ? {} : { disable_parallel_tool_use: !parallelToolCalls };
  switch (toolChoice?.type) {
    case 'tool':
      return { type: 'tool', name: toolChoice.toolName, ...disable };
    case 'required':
      return { type: 'any', ...disable };
    case 'none':
      return { type: 'none' };
    case 'auto':
      return { type: 'auto', ...disable };
    case undefined:
      return parallelToolCalls === false && tools.length > 0 ? { type: 'auto', ...disable } : undefined;
  }
}

/** Turns alternate here: neighbors of the same role are one. */
function turnsOf(prompt: readonly PromptMessage[]): Turn[] {
  const turns: Turn[] = [];
  for (const message of prompt) {
    if (message.role === 'system') continue;
    const role = message.role === 'assistant' ? 'assistant' : 'user';
    const content = blocksOf(message);
    const last = turns.at(-1);
    if (last?.role === role) last.content.push(...content);
    else if (content.length > 0) turns.push({ role, content });
  }
  return turns;
}

function blocksOf(message: Exclude<PromptMessage, { role: 'system' }>): Block[] {
  switch (message.role) {
    case 'user':
      return message.content.flatMap((part) =>
        part.type === 'file' ? [fileBlock(part)] : part.text === '' ? [] : [textBlock(part)],
      );
    case 'assistant':
      return message.content.flatMap(assistantBlock);
    case 'tool':
      return message.content.filter((part) => part.type === 'tool-result').map(resultBlock);
  }
}

function textBlock(part: { text: string; providerOptions?: PromptMessage['providerOptions'] & {} }): Block {
  return { type: 'text', text: part.text, ...cacheControl(part) };
}

function fileBlock(file: FilePart): Block {
  const { mediaType, data, filename } = file;
  const type = isImage(file) ? 'image' : 'document';
  const marks = { ...(filename !== undefined && { title: filename }), ...cacheControl(file) };
  if (isAddress(data)) {
    if (type === 'document' && mediaType !== 'application/pdf') throw cannotCarry(file, 'messages');
    return { type, source: { type: 'url', url: String(data) }, ...marks };
  }
  const held = base64Of(data);
  if (mediaType === 'text/plain') {
    const text = Buffer.from(held, 'base64').toString('utf8');
    return { type, source: { type: 'text', media_type: mediaType, data: text }, ...marks };
  }
  if (type === 'document' && mediaType !== 'application/pdf') throw cannotCarry(file, 'messages');
  return { type, source: { type: 'base64', media_type: mediaType, data: held }, ...marks };
}

function assistantBlock(part: AssistantPart): Block[] {
  switch (part.type) {
    case 'text':
      return part.text === '' ? [] : [textBlock(part)];
    case 'reasoning': {
      const signature = vendorField(part.providerOptions, 'anthropic', 'signature');
      const data = vendorField(part.providerOptions, 'anthropic', 'redactedData');
      if (data !== undefined) return [{ type: 'redacted_thinking', data }];
      // Thoughts of another vendor are not signed, and would be refused.
      return signature === undefined ? [] : [{ type: 'thinking', thinking: part.text, signature }];
    }
    case 'tool-call': {
      const input = typeof part.input === 'object' && part.input !== null ? part.input : { input: part.input };
      return [{ type: 'tool_use', id: idOf(part), name: part.toolName, input, ...cacheControl(part) }];
    }
    default:
      throw cannotCarry(part, 'messages');
  }
}

/** Ids of other vendors may have characters that are refused here; a call and its result change alike. */
function idOf({ toolCallId }: { toolCallId: string }): string {
  return toolCallId.replace(/[^a-zA-Z0-9_-]/g, '_');
}

function resultBlock(result: ToolResultPart): Block {
  const { output } = result;
  const content =
    output.type === 'content'
      ? output.value.map((part) => {
          if (part.type === 'text') return textBlock(part);
          const file = fileOfResult(part);
          if (!file) throw cannotCarry(result, 'messages');
          return fileBlock(file);
        })
      : textOfOutput(output);
  const failed = isErrorOutput(result) && { is_error: true };
  return { type: 'tool_result', tool_use_id: idOf(result), content, ...failed, ...cacheControl(result) };
}
