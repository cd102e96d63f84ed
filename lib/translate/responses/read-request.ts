import type { JsonObject } from '../../kit/json.js';
import type { Asked, ReadRequest } from '../asked.js';
import { nameWithin } from '../answer-context.js';
import { inputIn } from '../chat/read-request.js';
import { Fields, from, known } from '../fields.js';
import { fileAt, resultOfFile } from '../media.js';
import type { AssistantPart, FilePart, PromptMessage, ResultContent, UserPart, VendorFields } from '../model.js';
import { outputOf, ToolNames } from '../results.js';
import { unsealed } from '../sealed.js';
import { readResponseSettings } from './settings.js';

/** A request to OpenAI's responses. @throws {Untranslatable} */
export function readResponsesRequest(body: JsonObject): ReadRequest {
  const dropped: string[] = [];
  const fields = new Fields(body, '', dropped);
  const names = new ToolNames();
  const instructions = fields.text('instructions');
  const prompt: PromptMessage[] = instructions === undefined ? [] : [{ role: 'system', content: instructions }];
  if (fields.isText('input'))
    prompt.push({ role: 'user', content: [{ type: 'text', text: fields.text('input') ?? '' }] });
  for (const item of fields.list('input') ?? []) add(prompt, readItem(item, names));
  const asked: Asked = { prompt, ...readResponseSettings(fields) };
  fields.done();
  return { asked, dropped };
}

/** Items of the model that follow one another are one turn of its; so are results of tools. */
function add(prompt: PromptMessage[], message: PromptMessage): void {
  const last = prompt.at(-1);
  if (last?.role === 'assistant' && message.role === 'assistant') last.content.push(...message.content);
  else if (last?.role === 'tool' && message.role === 'tool') last.content.push(...message.content);
  else prompt.push(message);
}

function readItem(item: Fields, names: ToolNames): PromptMessage {
  const type = item.text('type') ?? 'message';
  item.skip('status', 'phase', 'internal_chat_message_metadata_passthrough');
  const message = itemAs(type, item, names);
  item.done();
  return from(item.path, message);
}

function itemAs(type: string, item: Fields, names: ToolNames): PromptMessage {
  switch (type) {
    case 'message':
      return messageIn(item);
    case 'function_call':
    case 'custom_tool_call': {
      item.skip('id');
      const namespace = item.text('namespace');
      const toolCallId = item.text('call_id') ?? '';
      const name = item.text('name') ?? '';
      const toolName = namespace === undefined ? name : nameWithin(namespace, name);
      names.called(toolCallId, toolName);
      // A tool that takes free text has one argument in a prompt.
      const input =
        type === 'function_call' ? inputIn(item.text('arguments') ?? '') : { input: item.text('input') ?? '' };
      return { role: 'assistant', content: [from(item.path, { type: 'tool-call', toolCallId, toolName, input })] };
    }
    case 'function_call_output':
    case 'custom_tool_call_output': {
      item.skip('id', 'name');
      const toolCallId = item.text('call_id') ?? '';
      const output = outputOf(outputIn(item), false);
      const toolName = names.of(toolCallId);
      return { role: 'tool', content: [from(item.path, { type: 'tool-result', toolCallId, toolName, output })] };
    }
    case 'reasoning':
      return { role: 'assistant', content: [from(item.path, reasoningIn(item))] };
    default:
      throw item.refuse('type');
  }
}

function messageIn(item: Fields): PromptMessage {
  item.skip('id');
  const role = item.text('role');
  switch (role) {
    case 'system':
    case 'developer':
      return {
        role: 'system',
        content: partsIn(item)
          .map((part) => (part.type === 'text' ? part.text : ''))
          .join('\n'),
      };
    case 'user':
      return { role, content: partsIn(item) };
    case 'assistant':
      return { role, content: partsIn(item) };
    default:
      throw item.refuse('role');
  }
}

function partsIn(item: Fields): UserPart[] {
  if (item.isText('content')) return [{ type: 'text', text: item.text('content') ?? '' }];
  return (item.list('content') ?? []).map(partIn);
}

function partIn(part: Fields): UserPart {
  const type = part.text('type');
  part.skip('annotations', 'logprobs');
  const read = (): UserPart => {
    switch (type) {
      case 'input_text':
      case 'output_text':
      case 'text':
        return { type: 'text', text: part.text('text') ?? '' };
      case 'refusal':
        return { type: 'text', text: part.text('refusal') ?? '' };
      case 'input_image': {
        const url = part.text('image_url');
        if (url === undefined) throw part.refuse('file_id');
        const detail = part.text('detail');
        const options = detail !== undefined && detail !== 'auto' && { openai: { imageDetail: detail } };
        return { type: 'file', ...fileAt(url, 'image/*'), ...(options && { providerOptions: options }) };
      }
      case 'input_file': {
        const at = part.text('file_url') ?? part.text('file_data');
        if (at === undefined) throw part.refuse('file_id');
        return known<FilePart>({ type: 'file', filename: part.text('filename'), ...fileAt(at, 'application/pdf') });
      }
      default:
        throw part.refuse('type');
    }
  };
  const result = read();
  part.done();
  return from(part.path, result);
}

function outputIn(item: Fields): ResultContent[] {
  if (item.isText('output')) return [{ type: 'text', text: item.text('output') ?? '' }];
  return (item.list('output') ?? []).map((field) => {
    const part = partIn(field);
    return part.type === 'text' ? part : resultOfFile(part);
  });
}

function reasoningIn(item: Fields): AssistantPart {
  const itemId = item.text('id');
  const encrypted = item.text('encrypted_content');
  const texts = [...(item.list('summary') ?? []), ...(item.list('content') ?? [])];
  const text = texts.map((part) => part.text('text') ?? '').join('\n\n');
  const own = known<VendorFields[string]>({ itemId, reasoningEncryptedContent: encrypted });
  const fields = (encrypted === undefined ? undefined : unsealed(encrypted)) ?? { openai: own };
  return { type: 'reasoning', text, providerOptions: fields };
}
