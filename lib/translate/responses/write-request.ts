import type { Asked, WrittenRequest } from '../asked.js';
import { OPENAI_HINTS } from '../chat/settings.js';
import { argumentsOf, describeTool, hintsOf, userOf } from '../chat/write-request.js';
import { cannotCarry, known, Untranslatable } from '../fields.js';
import { fileOfResult, isAddress, isImage, urlOf } from '../media.js';
import { effortOf } from '../messages/thinking.js';
import type { AssistantPart, FilePart, PromptMessage, ToolResultPart, UserPart } from '../model.js';
import { textOfOutput } from '../results.js';
import { cacheMarksIn, vendorField } from '../vendor-fields.js';

type Wire = Readonly<Record<string, unknown>>;

/** The smallest output limit that this format takes. */
export const LEAST_OUTPUT = 16;

/** Settings that this format has no field for. */
const MISSING = ['stopSequences', 'topK', 'seed', 'presencePenalty', 'frequencyPenalty'] as const;

/** @throws {Untranslatable} */
export function writeResponsesRequest(asked: Asked, stream: boolean): WrittenRequest {
  const dropped = cacheMarksIn(asked);
  const lost = MISSING.find((name) => asked[name] !== undefined && (asked[name] !== 0 || name === 'seed'));
  if (lost) throw new Untranslatable(lost);
  const { thinking, toolChoice, openai, maxOutputTokens: limit } = asked;
  if (limit !== undefined && limit < LEAST_OUTPUT) dropped.push('max_tokens');
  const effort = thinking && effortOf(thinking);
  const summary = thinking?.summary;
  const format = formatOf(asked);
  const text = known<Record<string, unknown>>({ format, verbosity: openai?.['textVerbosity'] });
  const body = known<Record<string, unknown>>({
    input: asked.prompt.flatMap(itemsOf),
    max_output_tokens: limit === undefined ? undefined : Math.max(limit, LEAST_OUTPUT),
    temperature: asked.temperature,
    top_p: asked.topP,
    parallel_tool_calls: asked.parallelToolCalls,
    user: userOf(asked),
    reasoning:
      effort === undefined && summary === undefined ? undefined : known<Record<string, unknown>>({ effort, summary }),
    text: Object.keys(text).length > 0 ? text : undefined,
    tools: asked.tools?.map((tool) => {
      if (tool.type !== 'function') throw cannotCarry(tool, 'tools');
      // Said nothing, every argument would be a must here; elsewhere nothing said means the opposite.
      return { type: 'function', strict: false, ...describeTool(tool, 'parameters') };
    }),
    tool_choice:
      toolChoice && (toolChoice.type === 'tool' ? { type: 'function', name: toolChoice.toolName } : toolChoice.type),
    // The caller's format cannot refer to a stored response, so nothing is kept; the thoughts come along instead.
    store: false,
    include: thinking && effort !== 'none' ? ['reasoning.encrypted_content'] : undefined,
    ...hintsOf(asked, OPENAI_HINTS),
    stream: stream || undefined,
  });
  return { body, dropped };
}

function formatOf({ responseFormat, strictFormat }: Asked): Wire | undefined {
  if (responseFormat?.type !== 'json') return undefined;
  const { schema, name = 'answer', description } = responseFormat;
  if (!schema) return { type: 'json_object' };
  return known<Record<string, unknown>>({ type: 'json_schema', name, description, schema, strict: strictFormat });
}

function itemsOf(message: PromptMessage): Wire[] {
  switch (message.role) {
    case 'system':
      return [{ role: 'system', content: message.content }];
    case 'user':
      return [{ role: 'user', content: message.content.map((part) => userPart(part)) }];
    case 'assistant':
      return message.content.map(assistantItem).filter((item) => item !== undefined);
    case 'tool':
      return message.content.filter((part) => part.type === 'tool-result').map(resultItem);
  }
}

function userPart(part: UserPart): Wire {
  return part.type === 'text' ? { type: 'input_text', text: part.text } : filePart(part);
}

function filePart(file: FilePart): Wire {
  const { data, filename } = file;
  if (isImage(file)) {
    const detail = vendorField(file.providerOptions, 'openai', 'imageDetail') ?? 'auto';
    return { type: 'input_image', image_url: urlOf(file), detail };
  }
  if (isAddress(data)) return { type: 'input_file', file_url: String(data) };
  if (file.mediaType !== 'application/pdf') throw cannotCarry(file, 'input');
  return { type: 'input_file', filename: filename ?? 'file.pdf', file_data: urlOf(file) };
}

function assistantItem(part: AssistantPart): Wire | undefined {
  switch (part.type) {
    case 'text':
      return { role: 'assistant', content: [{ type: 'output_text', text: part.text }] };
    case 'tool-call':
      return {
        type: 'function_call',
        call_id: part.toolCallId,
        name: part.toolName,
        arguments: argumentsOf(part.input),
      };
    case 'reasoning': {
      const encrypted = vendorField(part.providerOptions, 'openai', 'reasoningEncryptedContent');
      // Thoughts without their encrypted form are of no use to the model, and their ids are unknown to it.
      if (encrypted === undefined) return undefined;
      const summary = part.text === '' ? [] : [{ type: 'summary_text', text: part.text }];
      const id = vendorField(part.providerOptions, 'openai', 'itemId');
      return { type: 'reasoning', ...(id !== undefined && { id }), summary, encrypted_content: encrypted };
    }
    default:
      throw cannotCarry(part, 'input');
  }
}

function resultItem(result: ToolResultPart): Wire {
  const { output, toolCallId } = result;
  const parts =
    output.type === 'content'
      ? output.value.map((part) => {
          if (part.type === 'text') return { type: 'input_text', text: part.text };
          const file = fileOfResult(part);
          if (!file) throw cannotCarry(result, 'input');
          return filePart(file);
        })
      : textOfOutput(output);
  return { type: 'function_call_output', call_id: toolCallId, output: parts };
}
