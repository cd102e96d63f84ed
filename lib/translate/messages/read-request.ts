import type { JsonObject } from '../../kit/json.js';
import type { Asked, ReadRequest } from '../asked.js';
import { Fields, from, known } from '../fields.js';
import type { FilePart, PromptMessage, ResultContent, TextPart, ToolResultPart, VendorFields } from '../model.js';
import type { AssistantPart, UserPart } from '../model.js';
import { resultOfFile } from '../media.js';
import { outputOf, ToolNames } from '../results.js';
import { unsealed } from '../sealed.js';
import { cacheMark } from '../vendor-fields.js';
import { readMessageSettings } from './settings.js';

/** A request to Anthropic's messages. @throws {Untranslatable} */
export function readMessagesRequest(body: JsonObject): ReadRequest {
  const dropped: string[] = [];
  const fields = new Fields(body, '', dropped);
  const names = new ToolNames();
  const system = textsOf(fields, 'system').map(({ text, providerOptions }): PromptMessage => ({
    role: 'system',
    content: text,
    ...(providerOptions && { providerOptions }),
  }));
  const prompt = (fields.list('messages') ?? []).flatMap((message) => readTurn(message, names));
  const asked: Asked = { prompt: [...system, ...prompt], ...readMessageSettings(fields) };
  fields.done();
  return { asked, dropped };
}

function textsOf(holder: Fields, name: string): TextPart[] {
  if (holder.isText(name)) return [{ type: 'text', text: holder.text(name) ?? '' }];
  return (holder.list(name) ?? []).map((block) => {
    block.only('type', 'text');
    return textIn(block);
  });
}

function textIn(block: Fields): TextPart {
  block.skip('citations');
  const text: TextPart = { type: 'text', text: block.text('text') ?? '', ...cacheMark(block) };
  block.done();
  return from(block.path, text);
}

function readTurn(message: Fields, names: ToolNames): PromptMessage[] {
  const role = message.text('role');
  const blocks = message.isText('content') ? undefined : message.list('content');
  const text = message.text('content');
  message.done();
  const parts: Fields[] | TextPart[] = blocks ?? [{ type: 'text', text: text ?? '' }];
  switch (role) {
    case 'system':
      return [{ role, content: parts.map((part) => (part instanceof Fields ? textIn(part) : part).text).join('\n') }];
    case 'user':
      return userTurn(parts, names);
    case 'assistant': {
      const content = parts.map((part) => (part instanceof Fields ? assistantPart(part, names) : part));
      return [from(message.path, { role, content })];
    }
    default:
      throw message.refuse('role');
  }
}

/** Results of tools stand in turns of the user's here, and are a turn of their own in a prompt. */
function userTurn(blocks: readonly (Fields | TextPart)[], names: ToolNames): PromptMessage[] {
  const results: ToolResultPart[] = [];
  const said: UserPart[] = [];
  for (const block of blocks) {
    if (!(block instanceof Fields)) {
      said.push(block);
      continue;
    }
    const type = block.text('type');
    if (type === 'tool_result') results.push(resultIn(block, names));
    else said.push(type === 'text' ? textIn(block) : fileIn(type, block));
  }
  const tool: PromptMessage[] = results.length > 0 ? [{ role: 'tool', content: results }] : [];
  return said.length > 0 ? [...tool, { role: 'user', content: said }] : tool;
}

function fileIn(type: string | undefined, block: Fields): FilePart {
  if (type !== 'image' && type !== 'document') throw block.refuse('type');
  const marks = cacheMark(block);
  const filename = block.text('title');
  const source = block.object('source');
  if (!source) throw block.refuse('source');
  block.object('citations')?.only('enabled', false);
  const unknown = type === 'image' ? 'image/*' : 'application/pdf';
  const kind = source.text('type');
  const read = (): Pick<FilePart, 'data' | 'mediaType'> => {
    if (kind === 'url') return { data: source.text('url') ?? '', mediaType: unknown };
    const data = source.text('data');
    const mediaType = source.text('media_type') ?? unknown;
    if (data === undefined) throw source.refuse(kind === 'file' ? 'file_id' : 'type');
    return { mediaType, data: kind === 'text' ? Buffer.from(data).toString('base64') : data };
  };
  const file = read();
  source.done();
  block.done();
  return from(block.path, known<FilePart>({ type: 'file', filename, ...file, ...marks }));
}

function resultIn(block: Fields, names: ToolNames): ToolResultPart {
  const id = block.text('tool_use_id') ?? '';
  const isError = block.flag('is_error') ?? false;
  const marks = cacheMark(block);
  const content: ResultContent[] = block.isText('content')
    ? [{ type: 'text', text: block.text('content') ?? '' }]
    : (block.list('content') ?? []).map((part) => {
        const type = part.text('type');
        return type === 'text' ? textIn(part) : resultOfFile(fileIn(type, part));
      });
  block.done();
  const output = outputOf(content, isError);
  return from(block.path, { type: 'tool-result', toolCallId: id, toolName: names.of(id), output, ...marks });
}

function assistantPart(block: Fields, names: ToolNames): AssistantPart {
  const type = block.text('type');
  const read = (): AssistantPart => {
    switch (type) {
      case 'text':
        return textIn(block);
      case 'thinking': {
        const signature = block.text('signature');
        const text = block.text('thinking') ?? '';
        return { type: 'reasoning', text, ...(signature ? kept(signature, 'signature') : {}) };
      }
      case 'redacted_thinking':
        return { type: 'reasoning', text: '', ...kept(block.text('data') ?? '', 'redactedData') };
      case 'tool_use': {
        const toolCallId = block.text('id') ?? '';
        const toolName = block.text('name') ?? '';
        names.called(toolCallId, toolName);
        block.skip('caller');
        const input = block.plain('input') ?? {};
        return { type: 'tool-call', toolCallId, toolName, input, ...cacheMark(block) };
      }
      default:
        throw block.refuse('type');
    }
  };
  const part = read();
  block.hints('cache_control');
  block.done();
  return from(block.path, part);
}

function kept(value: string, field: string): { providerOptions: VendorFields } {
  return { providerOptions: unsealed(value) ?? { anthropic: { [field]: value } } };
}
