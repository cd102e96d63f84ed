import type { Asked, Thinking } from '../asked.js';
import { choiceNamed, describedTool, jsonFormat, OPENAI_HINTS, openAiHints } from '../chat/settings.js';
import { nameWithin } from '../answer-context.js';
import { from, known, type Fields } from '../fields.js';
import type { FunctionTool, ToolChoice } from '../model.js';

/** Extras that a request may ask for. The others belong to tools of OpenAI's, which are refused by their own names. */
const MAY_INCLUDE = new Set([
  'reasoning.encrypted_content',
  'file_search_call.results',
  'web_search_call.results',
  'web_search_call.action.sources',
  'message.input_image.image_url',
  'code_interpreter_call.outputs',
  'computer_call_output.output.image_url',
]);

/** The fields of a request other than its input. */
export function readResponseSettings(fields: Fields): Omit<Asked, 'prompt'> {
  fields.skip('model', 'stream', 'stream_options');
  fields.only('background', false);
  fields.only('truncation', 'disabled');
  fields.only('top_logprobs', 0);
  fields.hints('client_metadata');
  if (fields.texts('include')?.some((name) => !MAY_INCLUDE.has(name))) throw fields.refuse('include');
  const text = fields.object('text');
  const format = text?.object('format');
  const type = format?.text('type');
  const verbosity = text?.text('verbosity');
  text?.done();
  const hints = openAiHints(fields, OPENAI_HINTS);
  return known<Omit<Asked, 'prompt'>>({
    maxOutputTokens: fields.number('max_output_tokens'),
    temperature: fields.number('temperature'),
    topP: fields.number('top_p'),
    parallelToolCalls: fields.flag('parallel_tool_calls'),
    user: fields.text('user'),
    thinking: thinkingIn(fields),
    openai: verbosity === undefined ? hints : { ...hints, textVerbosity: verbosity },
    tools: fields.list('tools')?.flatMap(toolsIn),
    toolChoice: choiceIn(fields),
    ...(format && type !== 'text' && jsonFormat(type, format)),
  });
}

function thinkingIn(fields: Fields): Thinking | undefined {
  const reasoning = fields.object('reasoning');
  if (!reasoning) return undefined;
  const summary = reasoning.text('summary') ?? reasoning.text('generate_summary');
  const effort = reasoning.text('effort');
  reasoning.hints('context', 'mode');
  reasoning.done();
  return effort === undefined && summary === undefined ? undefined : known<Thinking>({ effort, summary });
}

/** Tools of a namespace have its name before theirs elsewhere. */
function toolsIn(tool: Fields): FunctionTool[] {
  if (!tool.isList('tools')) return [toolIn(tool)];
  tool.only('type', 'namespace');
  tool.skip('description');
  const namespace = tool.text('name') ?? '';
  const inside = (tool.list('tools') ?? []).map(toolIn);
  tool.done();
  return inside.map((held) => from(tool.path, { ...held, name: nameWithin(namespace, held.name) }));
}

/** A tool that takes free text is one with a single argument elsewhere. */
function toolIn(tool: Fields): FunctionTool {
  const type = tool.text('type');
  tool.only('defer_loading', false);
  if (type === 'function') {
    const { strict, ...described } = describedTool(tool, 'parameters', {});
    // Elsewhere it is the same to say nothing.
    return from(tool.path, strict === true ? { ...described, strict } : described);
  }
  if (type !== 'custom') throw tool.refuse('type');
  const format = tool.plain('format');
  const grammar =
    typeof format?.['definition'] === 'string' ? `\n\nThe text has this form:\n${format['definition']}` : '';
  const description = `${tool.text('description') ?? ''}${grammar}`;
  const name = tool.text('name') ?? '';
  tool.done();
  const properties = { input: { type: 'string', description: 'The whole text.' } };
  const inputSchema = { type: 'object', properties, required: ['input'], additionalProperties: false };
  return from(tool.path, { type: 'function', name, description, inputSchema });
}

function choiceIn(fields: Fields): ToolChoice | undefined {
  if (fields.isText('tool_choice')) return choiceNamed(fields);
  const choice = fields.object('tool_choice');
  if (!choice) return undefined;
  const type = choice.text('type');
  if (type !== 'function' && type !== 'custom') throw fields.refuse('tool_choice');
  return { type: 'tool', toolName: choice.text('name') ?? '' };
}
