import type { Asked, Thinking } from '../asked.js';
import { describedTool, jsonFormat } from '../chat/settings.js';
import { from, known, type Fields } from '../fields.js';
import type { FunctionTool, PlainJson, ToolChoice } from '../model.js';
import { cacheMark } from '../vendor-fields.js';

/** Hints about the context that Anthropic keeps and about who is billed. */
const HINTS = ['service_tier', 'context_management', 'inference_geo', 'cache_control', 'betas', 'diagnostics'];

/** The fields of a request other than its messages. */
export function readMessageSettings(fields: Fields): Omit<Asked, 'prompt'> {
  fields.skip('model', 'stream');
  fields.hints(...HINTS);
  const { toolChoice, parallelToolCalls } = choiceIn(fields);
  const metadata = fields.object('metadata');
  const user = metadata?.text('user_id');
  metadata?.done();
  const config = fields.object('output_config');
  const format = config?.object('format') ?? fields.object('output_format');
  const effort = config?.text('effort');
  config?.hints('task_budget');
  config?.done();
  return known<Omit<Asked, 'prompt'>>({
    maxOutputTokens: fields.number('max_tokens'),
    temperature: fields.number('temperature'),
    topP: fields.number('top_p'),
    topK: fields.number('top_k'),
    stopSequences: fields.texts('stop_sequences'),
    user,
    tools: fields.list('tools')?.map(toolIn),
    toolChoice,
    parallelToolCalls,
    thinking: thinkingIn(fields, effort),
    ...(format && jsonFormat(format.text('type'), format)),
  });
}

function toolIn(tool: Fields): FunctionTool {
  // Tools with other types run at Anthropic, or are known to its models alone.
  tool.only('type', 'custom');
  tool.hints('eager_input_streaming');
  tool.only('defer_loading', false);
  const marks = cacheMark(tool);
  const examples = tool.take('input_examples') as PlainJson[] | undefined;
  const more = examples && {
    inputExamples: examples.map((input) => ({ input })) as FunctionTool['inputExamples'] & {},
  };
  return from(tool.path, describedTool(tool, 'input_schema', { ...marks, ...more }));
}

const CHOICES: Readonly<Record<string, ToolChoice>> = {
  auto: { type: 'auto' },
  any: { type: 'required' },
  none: { type: 'none' },
};

function choiceIn(fields: Fields): Pick<Asked, 'toolChoice' | 'parallelToolCalls'> {
  const choice = fields.object('tool_choice');
  if (!choice) return {};
  const type = choice.text('type') ?? '';
  const name = choice.text('name');
  const toolChoice = type === 'tool' && name !== undefined ? ({ type, toolName: name } as const) : CHOICES[type];
  if (!toolChoice) throw choice.refuse('type');
  const disabled = choice.flag('disable_parallel_tool_use');
  choice.done();
  return { toolChoice, ...(disabled !== undefined && { parallelToolCalls: !disabled }) };
}

function thinkingIn(fields: Fields, effort: string | undefined): Thinking | undefined {
  const thinking = fields.object('thinking');
  const type = thinking?.text('type');
  const budget = thinking?.number('budget_tokens');
  thinking?.hints('display');
  thinking?.done();
  if (type === undefined) return effort === undefined ? undefined : { effort };
  if (type === 'disabled') return { effort: 'none' };
  if (type === 'adaptive') return { effort: effort ?? 'medium', isAdaptive: true };
  return known<Thinking>({ effort, budget });
}
