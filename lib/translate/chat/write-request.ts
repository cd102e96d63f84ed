import { createHash } from 'node:crypto';
import { wireName, type Asked, type WrittenRequest } from '../asked.js';
import { cannotCarry, known, Untranslatable } from '../fields.js';
import { base64Of, fileOfResult, isAddress, isImage, urlOf } from '../media.js';
import { effortOf } from '../messages/thinking.js';
import type { AssistantPart, FilePart, FunctionTool, PromptMessage, ToolResultPart, UserPart } from '../model.js';
import { textOfOutput } from '../results.js';
import { isUnsigned } from '../sealed.js';
import { cacheMarksIn, vendorField } from '../vendor-fields.js';
import { OPENAI_HINTS } from './settings.js';

type Wire = Readonly<Record<string, unknown>>;

/** @throws {Untranslatable} */
export function writeChatRequest(asked: Asked, stream: boolean): WrittenRequest {
  const dropped = new Set(cacheMarksIn(asked));
  const { thinking, responseFormat, toolChoice } = asked;
  if (asked.topK !== undefined) throw new Untranslatable('topK');
  const body = known<Record<string, unknown>>({
    messages: asked.prompt.flatMap((message) => writeMessage(message, dropped)),
    max_tokens: asked.maxOutputTokens,
    temperature: asked.temperature,
    top_p: asked.topP,
    stop: asked.stopSequences,
    presence_penalty: asked.presencePenalty,
    frequency_penalty: asked.frequencyPenalty,
    seed: asked.seed,
    parallel_tool_calls: asked.parallelToolCalls,
    user: userOf(asked),
    reasoning_effort: thinking && effortOf(thinking),
    tools: asked.tools?.map((tool) => {
      if (tool.type !== 'function') throw cannotCarry(tool, 'tools');
      return { type: 'function', function: describeTool(tool, 'parameters') };
    }),
    tool_choice: toolChoice && (toolChoice.type === 'tool' ? chosen(toolChoice.toolName) : toolChoice.type),
    response_format: responseFormat && formatOf(asked),
    ...hintsOf(asked, { ...OPENAI_HINTS, verbosity: 'textVerbosity' }),
    stream: stream || undefined,
  });
  return { body, dropped: [...dropped] };
}

/** The longest name of a user that OpenAI takes. Others take twice that; Claude Code's is longer still. */
const LONGEST_USER = 64;

/** The user in few letters, and in those that everybody takes: still the same one, and nobody else. */
export function userOf({ user }: Asked): string | undefined {
  if (user === undefined || user.length <= LONGEST_USER) return user;
  return createHash('sha256').update(user).digest('base64url');
}

/** Hints that were read from another format of OpenAI's. */
export function hintsOf({ openai = {} }: Asked, names: Readonly<Record<string, string>>): Wire {
  const told = Object.entries(names).filter(([, name]) => openai[name] !== undefined);
  return Object.fromEntries(told.map(([wire, name]) => [wire, openai[name]]));
}

/** Hints of OpenAI's that another vendor has no use for, by their paths. */
export function hintNames({ openai = {} }: Asked): string[] {
  return Object.keys(openai).map(wireName);
}

export function describeTool({ name, description, inputSchema, strict }: FunctionTool, schema: string): Wire {
  return known<Record<string, unknown>>({ name, description, [schema]: inputSchema, strict });
}

function chosen(name: string): Wire {
  return { type: 'function', function: { name } };
}

function formatOf({ responseFormat, strictFormat }: Asked): Wire {
  if (responseFormat?.type !== 'json') return { type: 'text' };
  const { schema, name = 'answer', description } = responseFormat;
  if (!schema) return { type: 'json_object' };
  const held = known<Record<string, unknown>>({ name, description, schema, strict: strictFormat });
  return { type: 'json_schema', json_schema: held };
}

function writeMessage(message: PromptMessage, dropped: Set<string>): Wire[] {
  switch (message.role) {
    case 'system':
      return [{ role: 'system', content: message.content }];
    case 'user':
      return [{ role: 'user', content: userContent(message.content) }];
    case 'assistant':
      return [assistant(message.content, dropped)];
    case 'tool':
      return toolMessages(message.content.filter((part) => part.type === 'tool-result'));
  }
}

function userContent(parts: readonly UserPart[]): unknown {
  const [first] = parts;
  if (parts.length === 1 && first?.type === 'text') return first.text;
  return parts.map((part) => (part.type === 'text' ? { type: 'text', text: part.text } : filePart(part)));
}

function filePart(file: FilePart): Wire {
  const { mediaType, data, filename } = file;
  if (isImage(file)) {
    const detail = vendorField(file.providerOptions, 'openai', 'imageDetail');
    return { type: 'image_url', image_url: { url: urlOf(file), ...(detail !== undefined && { detail }) } };
  }
  if (isAddress(data)) throw cannotCarry(file, 'messages');
  if (mediaType === 'text/plain') return { type: 'text', text: Buffer.from(base64Of(data), 'base64').toString('utf8') };
  if (mediaType === 'application/pdf') {
    return { type: 'file', file: { filename: filename ?? 'file.pdf', file_data: urlOf(file) } };
  }
  const format = { 'audio/wav': 'wav', 'audio/mp3': 'mp3', 'audio/mpeg': 'mp3' }[mediaType];
  if (format === undefined) throw cannotCarry(file, 'messages');
  return { type: 'input_audio', input_audio: { data: base64Of(data), format } };
}

/** Thoughts are left out, but those that led to calls of tools: models that think aloud ask for their own again. */
function assistant(parts: readonly AssistantPart[], dropped: Set<string>): Wire {
  const texts = parts.filter((part) => part.type === 'text').map(({ text }) => text);
  const calls = parts.filter((part) => part.type === 'tool-call');
  for (const part of parts)
    if (part.type === 'file' || part.type === 'tool-result') throw cannotCarry(part, 'messages');
  const thoughts = parts.filter((part) => part.type === 'reasoning');
  const own = calls.length > 0 ? thoughts.filter(isUnsigned).map(({ text }) => text) : [];
  if (own.length < thoughts.length) dropped.add('thinking');
  return {
    role: 'assistant',
    content: texts.length > 0 ? texts.join('') : null,
    ...(own.length > 0 && { reasoning_content: own.join('') }),
    ...(calls.length > 0 && {
      tool_calls: calls.map(({ toolCallId, toolName, input }) => ({
        id: toolCallId,
        type: 'function',
        function: { name: toolName, arguments: argumentsOf(input) },
      })),
    }),
  };
}

export function argumentsOf(input: unknown): string {
  return typeof input === 'string' ? input : JSON.stringify(input ?? {});
}

/** Files that tools return follow in a message of the user's: results are text here. */
function toolMessages(results: readonly ToolResultPart[]): Wire[] {
  const files: FilePart[] = [];
  const messages = results.map((result) => {
    const { output, toolCallId } = result;
    for (const part of output.type === 'content' ? output.value : []) {
      const file = fileOfResult(part);
      if (file) files.push(file);
      else if (part.type !== 'text') throw cannotCarry(result, 'messages');
    }
    return { role: 'tool', tool_call_id: toolCallId, content: textOfOutput(output) };
  });
  return files.length === 0 ? messages : [...messages, { role: 'user', content: files.map(filePart) }];
}
