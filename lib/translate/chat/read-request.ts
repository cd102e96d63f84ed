import type { JsonObject } from '../../kit/json.js';
import { parseJson } from '../../kit/json.js';
import type { Asked, ReadRequest } from '../asked.js';
import { Fields, from, known } from '../fields.js';
import { fileAt } from '../media.js';
import type { AssistantPart, FilePart, PromptMessage, ResultContent, TextPart, UserPart } from '../model.js';
import { outputOf, ToolNames } from '../results.js';
import { cacheMark } from '../vendor-fields.js';
import { readChatSettings } from './settings.js';

/** A request to OpenAI's chat completions. @throws {Untranslatable} */
export function readChatRequest(body: JsonObject): ReadRequest {
  const dropped: string[] = [];
  const fields = new Fields(body, '', dropped);
  const names = new ToolNames();
  const prompt = (fields.list('messages') ?? []).map((message) => readMessage(message, names));
  const asked: Asked = { prompt: joined(prompt), ...readChatSettings(fields) };
  fields.done();
  return { asked, dropped };
}

function readMessage(message: Fields, names: ToolNames): PromptMessage {
  const role = message.text('role');
  message.hints('name');
  const read = messageAs(role, message, names);
  message.done();
  return from(message.path, read);
}

function messageAs(role: string | undefined, message: Fields, names: ToolNames): PromptMessage {
  switch (role) {
    case 'system':
    case 'developer': {
      const parts = textsIn(message, 'content');
      const marks = parts.find(({ providerOptions }) => providerOptions);
      return { role: 'system', content: parts.map(({ text }) => text).join('\n'), ...(marks && vendor(marks)) };
    }
    case 'user':
      return { role, content: userParts(message) };
    case 'assistant':
      return { role, content: assistantParts(message, names) };
    case 'tool': {
      const id = message.text('tool_call_id') ?? '';
      const content: ResultContent[] = textsIn(message, 'content');
      const result = { type: 'tool-result' as const, toolCallId: id, toolName: names.of(id) };
      return { role, content: [from(message.path, { ...result, output: outputOf(content, false) })] };
    }
    default:
      throw message.refuse('role');
  }
}

function vendor({ providerOptions }: TextPart): Pick<TextPart, 'providerOptions'> {
  return providerOptions ? { providerOptions } : {};
}

function textsIn(holder: Fields, name: string): TextPart[] {
  if (holder.isText(name)) return [{ type: 'text', text: holder.text(name) ?? '' }];
  return (holder.list(name) ?? []).map((part) => {
    part.only('type', 'text');
    return textIn(part);
  });
}

function textIn(part: Fields): TextPart {
  const text: TextPart = { type: 'text', text: part.text('text') ?? '', ...cacheMark(part) };
  part.done();
  return from(part.path, text);
}

function userParts(message: Fields): UserPart[] {
  if (message.isText('content')) return [{ type: 'text', text: message.text('content') ?? '' }];
  return (message.list('content') ?? []).map((part) => {
    const type = part.text('type');
    if (type === 'text') return textIn(part);
    const file = fileIn(type, part);
    part.done();
    return from(part.path, file);
  });
}

function fileIn(type: string | undefined, part: Fields): FilePart {
  const marks = cacheMark(part);
  const held = type === undefined ? undefined : part.object(type);
  if (!held) throw part.refuse('type');
  const read = (): FilePart => {
    switch (type) {
      case 'image_url': {
        const url = held.text('url') ?? '';
        const detail = held.text('detail');
        return {
          type: 'file',
          ...fileAt(url, 'image/*'),
          ...(detail !== undefined && detail !== 'auto' && { providerOptions: { openai: { imageDetail: detail } } }),
        };
      }
      case 'input_audio':
        return { type: 'file', mediaType: `audio/${held.text('format') ?? 'wav'}`, data: held.text('data') ?? '' };
      case 'file': {
        const data = held.text('file_data');
        if (data === undefined) throw held.refuse('file_id');
        return known<FilePart>({
          type: 'file',
          filename: held.text('filename'),
          ...fileAt(data, 'application/pdf'),
        });
      }
      default:
        throw part.refuse('type');
    }
  };
  const file = read();
  held.done();
  return { ...file, ...marks };
}

function assistantParts(message: Fields, names: ToolNames): AssistantPart[] {
  const parts: AssistantPart[] = [];
  const reasoning = message.text('reasoning_content') ?? message.text('reasoning');
  if (reasoning) parts.push({ type: 'reasoning', text: reasoning });
  if (message.isList('content')) {
    for (const part of message.list('content') ?? []) {
      const type = part.text('type');
      if (type !== 'text' && type !== 'refusal') throw part.refuse('type');
      parts.push(type === 'text' ? textIn(part) : { type: 'text', text: part.text('refusal') ?? '' });
    }
  } else {
    const text = message.text('content');
    if (text) parts.push({ type: 'text', text });
  }
  const refusal = message.text('refusal');
  if (refusal) parts.push({ type: 'text', text: refusal });
  for (const call of message.list('tool_calls') ?? []) {
    call.only('type', 'function');
    call.skip('index');
    const described = call.object('function');
    if (!described) throw call.refuse('type');
    const toolCallId = call.text('id') ?? '';
    const toolName = described.text('name') ?? '';
    const input = described.text('arguments') ?? '';
    names.called(toolCallId, toolName);
    described.done();
    call.done();
    parts.push(from(call.path, { type: 'tool-call', toolCallId, toolName, input: inputIn(input) }));
  }
  message.skip('annotations', 'function_call');
  message.only('audio');
  return parts;
}

/** Arguments that are not JSON are passed on as their text. */
export function inputIn(text: string): unknown {
  return text.trim() === '' ? {} : (parseJson(text) ?? text);
}

/** Results that follow one another answer one message: they are one message themselves. */
function joined(prompt: readonly PromptMessage[]): PromptMessage[] {
  const messages: PromptMessage[] = [];
  for (const message of prompt) {
    const last = messages.at(-1);
    if (last?.role === 'tool' && message.role === 'tool') last.content.push(...message.content);
    else messages.push(message);
  }
  return messages;
}
