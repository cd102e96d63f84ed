import type { Ask, Exercise, Fault, Said, ToolDefinition, ToolUse, Turn } from './exercise.js';

/** One red dot. */
const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==';
const PDF = Buffer.from('%PDF-1.4 1 0 obj endobj').toString('base64');

const WEATHER: ToolDefinition = {
  name: 'weather',
  description: 'The weather in a city.',
  schema: {
    type: 'object',
    properties: { city: { type: 'string', description: 'Its name.' }, days: { type: 'integer' } },
    required: ['city'],
    additionalProperties: false,
  },
};
const CLOCK: ToolDefinition = {
  name: 'clock',
  description: 'The time in a zone.',
  schema: { type: 'object', properties: { zone: { type: 'string' } }, required: ['zone'], additionalProperties: false },
};
const REPORT = {
  type: 'object',
  properties: { city: { type: 'string' }, degrees: { type: 'number' } },
  required: ['city', 'degrees'],
  additionalProperties: false,
};

const ulm: ToolUse = { id: 'call_ulm', name: 'weather', args: { city: 'Ulm', days: 2 } };
const berlin: ToolUse = { id: 'call_berlin', name: 'clock', args: { zone: 'Europe/Berlin' } };
const tokens = { input: 120, cached: 40, output: 30, reasoning: 0 };
const user = (text: string, more: Omit<Turn, 'role' | 'text'> = {}): Turn => ({ role: 'user', text, ...more });
const says = (more: Partial<Said> = {}): Said => ({
  text: 'Rain in Ulm – 7 °C.',
  uses: [],
  end: 'stop',
  tokens,
  ...more,
});
const calls = (...uses: ToolUse[]): Said => says({ text: '', uses, end: 'tools' });

const hello = [user('How is Ulm? "Quoted", ünï ✓')];
const called: Turn[] = [user('Ulm?'), { role: 'assistant', uses: [ulm] }];
const picture = { mediaType: 'image/png', data: PNG };

/** By name: what is asked, and what is answered. */
const PAIRS: Readonly<Record<string, readonly [Ask, Said]>> = {
  text: [{ turns: hello }, says()],
  system: [{ system: 'Answer like a sailor.', turns: hello }, says()],
  'several turns': [{ turns: [user('Hi'), { role: 'assistant', text: 'Ahoy.' }, user('And Ulm?')] }, says()],
  'tool call': [{ turns: hello, tools: [WEATHER] }, calls(ulm)],
  'parallel tools': [{ turns: hello, tools: [WEATHER, CLOCK] }, calls(ulm, berlin)],
  'words and a tool call': [{ turns: hello, tools: [WEATHER] }, says({ text: 'I look.', uses: [ulm], end: 'tools' })],
  'tool result': [
    { turns: [...called, { role: 'tool', outcomes: [{ id: ulm.id, text: 'rain' }] }], tools: [WEATHER] },
    says(),
  ],
  'parallel results': [
    {
      turns: [
        user('Both?'),
        { role: 'assistant', text: 'I look.', uses: [ulm, berlin] },
        {
          role: 'tool',
          outcomes: [
            { id: ulm.id, text: 'rain' },
            { id: berlin.id, text: 'noon' },
          ],
        },
        user('Well?'),
      ],
      tools: [WEATHER, CLOCK],
    },
    says(),
  ],
  'failed tool': [
    {
      turns: [...called, { role: 'tool', outcomes: [{ id: ulm.id, text: 'no net', failed: true }] }],
      tools: [WEATHER],
    },
    says(),
  ],
  'picture in a result': [
    { turns: [...called, { role: 'tool', outcomes: [{ id: ulm.id, text: 'seen', picture }] }], tools: [WEATHER] },
    says(),
  ],
  'any tool': [{ turns: hello, tools: [WEATHER, CLOCK], choice: 'required' }, calls(ulm)],
  'this tool': [{ turns: hello, tools: [WEATHER, CLOCK], choice: '=weather' }, calls(ulm)],
  'no tool': [{ turns: hello, tools: [WEATHER], choice: 'none' }, says()],
  'one tool at a time': [{ turns: hello, tools: [WEATHER, CLOCK], parallel: false }, calls(ulm)],
  'structured output': [{ turns: hello, schema: REPORT }, says({ text: '{"city":"Ulm","degrees":7}' })],
  'JSON of any shape': [{ turns: hello, json: true }, says({ text: '{"city":"Ulm"}' })],
  image: [{ turns: [user('What is this?', { pictures: [picture] })] }, says()],
  'image by address': [
    { turns: [user('This?', { pictures: [{ mediaType: 'image/*', url: 'https://pics.example/ulm.png' }] })] },
    says(),
  ],
  document: [{ turns: [user('Sum up.', { pictures: [{ mediaType: 'application/pdf', data: PDF }] })] }, says()],
  reasoning: [
    { turns: hello, effort: 'medium', maxTokens: 20_000 },
    says({ thought: 'Ulm is wet.', tokens: { ...tokens, reasoning: 12 } }),
  ],
  'reasoning and a tool call': [
    { turns: hello, effort: 'medium', maxTokens: 20_000, tools: [WEATHER] },
    { ...calls(ulm), thought: 'I should look.', tokens: { ...tokens, reasoning: 12 } },
  ],
  settings: [{ turns: hello, maxTokens: 300, temperature: 0.4 }, says()],
  'two samplers': [{ turns: hello, temperature: 0.4, topP: 0.9 }, says()],
  'stop sequences': [{ turns: hello, stop: ['END', '\n\n'] }, says()],
  'a name for the user': [{ turns: hello, user: 'user-17' }, says()],
  'cut at the limit': [{ turns: hello, maxTokens: 16 }, says({ text: 'Rain in', end: 'length' })],
  'ended by a filter': [{ turns: hello }, says({ text: 'I', end: 'filtered' })],
  seed: [{ turns: hello, seed: 7 }, says()],
  'top k': [{ turns: hello, topK: 40 }, says()],
  penalties: [{ turns: hello, presence: 0.5 }, says()],
  'two choices': [{ turns: hello, choices: 2 }, says()],
  logprobs: [{ turns: hello, logprobs: true }, says()],
};

/** These differ in the request alone, or are the same in a stream. */
const NOT_STREAMED = new Set([
  'seed',
  'top k',
  'penalties',
  'two choices',
  'logprobs',
  'system',
  'settings',
  'two samplers',
  'no tool',
]);

export const EXERCISES: readonly Exercise[] = Object.entries(PAIRS).flatMap(([name, [ask, said]]) => [
  { name, ask, said, stream: false },
  ...(NOT_STREAMED.has(name) ? [] : [{ name: `${name}, streamed`, ask, said, stream: true }]),
]);

/** The question of every failing call. */
export const FAILING: Exercise = { name: 'failing', ask: { turns: hello }, said: says(), stream: false };

export const FAULTS: readonly Fault[] = [
  ...['rejected', 'context_length', 'content_filter', 'auth', 'not_found', 'rate_limited', 'quota', 'server_error'].map(
    (failure) => ({ name: failure, failure, stage: 'status' as const }),
  ),
  { name: 'overloaded', failure: 'server_error', stage: 'status' },
  { name: 'an error in a stream', failure: 'server_error', stage: 'inside' },
  { name: 'a stream without its end', failure: 'truncated', stage: 'cut' },
];
