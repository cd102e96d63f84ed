import { numberAt, objectAt, stringAt, type JsonObject } from '../../../lib/kit/json.js';
import { objectsIn } from '../../../lib/upstream/dialects/request-parts.js';
import type { Picture, Said, ToolOutcome, ToolUse, Turn } from '../exercise.js';
import { EFFORTS } from './messages.js';
import { json, piecesOf, sse, told, unknownField, unmarked, without, type Call, type Wire } from './wire.js';

const FIELDS = 'contents systemInstruction generationConfig tools toolConfig safetySettings'.split(' ');
const CHOICES: Readonly<Record<string, string>> = { AUTO: 'auto', ANY: 'required', NONE: 'none' };
const ENDS = { stop: 'STOP', length: 'MAX_TOKENS', tools: 'STOP', filtered: 'SAFETY' } as const;

/** Google's `generateContent`. */
export const gemini: Wire = {
  untold: [],
  serves: (path) => path.includes(':generateContent') || path.includes(':streamGenerateContent'),
  isStream: ({ path }) => path.includes(':streamGenerateContent'),
  complaint({ body }) {
    const roles = objectsIn(body['contents']).map(({ role }) => role);
    if (roles[0] !== 'user') return 'the first turn has to be the user’s';
    return unknownField(body, FIELDS);
  },
  heard({ body }) {
    const config = objectAt(body, 'generationConfig') ?? {};
    const calling = objectAt(objectAt(body, 'toolConfig') ?? {}, 'functionCallingConfig');
    const allowed = calling?.['allowedFunctionNames'] as string[] | undefined;
    const system = objectAt(body, 'systemInstruction');
    const isJson = config['responseMimeType'] === 'application/json';
    const tools = objectsIn(body['tools']).flatMap((tool) => objectsIn(tool['functionDeclarations']));
    const schema = objectAt(config, 'responseSchema') ?? objectAt(config, 'responseJsonSchema');
    const budget = numberAt(objectAt(config, 'thinkingConfig') ?? {}, 'thinkingBudget');
    return told({
      system: system && textIn(system),
      turns: objectsIn(body['contents']).flatMap(turnsIn),
      tools:
        body['tools'] === undefined
          ? undefined
          : tools.map(({ name, description, parameters, parametersJsonSchema }) => ({
              name: String(name),
              description: description as string,
              schema: open((parametersJsonSchema ?? parameters) as JsonObject),
            })),
      choice: allowed ? `=${allowed.join()}` : calling && CHOICES[String(calling['mode'])],
      schema: schema && open(schema),
      json: isJson && !schema ? true : undefined,
      effort: budget === undefined ? undefined : EFFORTS[budget],
      maxTokens: numberAt(config, 'maxOutputTokens'),
      temperature: numberAt(config, 'temperature'),
      topP: numberAt(config, 'topP'),
      topK: numberAt(config, 'topK'),
      stop: config['stopSequences'] as string[] | undefined,
      seed: numberAt(config, 'seed'),
      presence: numberAt(config, 'presencePenalty'),
    });
  },
  /**
   * No names of users, and that a tool failed stands in its words or beside them. Schemas may forbid other fields from
   * `@ai-sdk/google` 4 on.
   */
  expected: (ask) => ({
    ...without(ask, 'user'),
    ...(ask.tools && { tools: ask.tools.map((tool) => ({ ...tool, schema: open(tool.schema) })) }),
    ...(ask.schema && { schema: open(ask.schema) }),
    turns: unmarked(ask.turns),
  }),
  whole: (said, call) => json(200, chunkOf(said, call, partsOf(said), true)),
  stream(said, call) {
    const parts = pieces(said).map((part) => ({ data: chunkOf(said, call, [part], false) }));
    return sse([...parts, { data: chunkOf(said, call, [], true) }]);
  },
  fails({ name }) {
    const [code, status, message] = ERRORS[name]!;
    const delay = { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '7s' };
    return json(code, { error: { code, message, status, ...(name === 'rate_limited' && { details: [delay] }) } });
  },
  breaks(said, call, { stage }) {
    const begun = pieces(said).map((part) => ({ data: chunkOf(said, call, [part], false) }));
    const error = { data: { error: { code: 500, message: 'Internal error encountered.', status: 'INTERNAL' } } };
    return sse(stage === 'cut' ? begun : [...begun, error]);
  },
};

const ERRORS: Readonly<Record<string, readonly [number, string, string]>> = {
  rejected: [400, 'INVALID_ARGUMENT', 'Invalid value at contents[0].'],
  context_length: [
    400,
    'INVALID_ARGUMENT',
    'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).',
  ],
  content_filter: [400, 'INVALID_ARGUMENT', 'The prompt was blocked by the safety filter (PROHIBITED_CONTENT).'],
  auth: [400, 'INVALID_ARGUMENT', 'API key not valid. Please pass a valid API key.'],
  not_found: [404, 'NOT_FOUND', 'models/gemini-none is not found for API version v1beta.'],
  rate_limited: [429, 'RESOURCE_EXHAUSTED', 'Resource has been exhausted (e.g. check quota).'],
  quota: [403, 'PERMISSION_DENIED', 'Billing has to be enabled: this account has insufficient_quota.'],
  server_error: [500, 'INTERNAL', 'Internal error encountered.'],
  overloaded: [503, 'UNAVAILABLE', 'The model is overloaded. Please try again later.'],
};

function open(schema: Readonly<Record<string, unknown>>) {
  return without(schema, 'additionalProperties');
}

function partsOf({ thought, text, uses }: Said): JsonObject[] {
  return [
    ...(thought === undefined ? [] : [{ text: thought, thought: true }]),
    ...(text === '' ? [] : [{ text }]),
    ...uses.map(({ id, name, args }) => ({ functionCall: { id, name, args } })),
  ];
}

function pieces(said: Said): JsonObject[] {
  return partsOf(said).flatMap(({ text, ...part }) =>
    typeof text === 'string' ? piecesOf(text).map((piece) => ({ ...part, text: piece })) : [part],
  );
}

function chunkOf({ end, tokens }: Said, { path }: Call, parts: readonly JsonObject[], isLast: boolean) {
  const { input, cached, output, reasoning } = tokens;
  const usageMetadata = {
    promptTokenCount: input,
    cachedContentTokenCount: cached,
    candidatesTokenCount: output - reasoning,
    thoughtsTokenCount: reasoning,
    totalTokenCount: input + output,
  };
  const candidate = { content: { role: 'model', parts }, index: 0, ...(isLast && { finishReason: ENDS[end] }) };
  const modelVersion = /models\/([^:]+)/.exec(path)?.[1];
  return { candidates: [candidate], ...(isLast && { usageMetadata }), modelVersion, responseId: 'resp-1' };
}

function textIn({ parts }: JsonObject): string {
  return objectsIn(parts)
    .map((part) => stringAt(part, 'text') ?? '')
    .join('');
}

function pictureIn(part: JsonObject): Picture[] {
  const held = objectAt(part, 'inlineData');
  if (held) return [{ mediaType: String(held['mimeType']), data: String(held['data']) }];
  const file = objectAt(part, 'fileData');
  // The package guesses the kind of a picture from its address.
  return file ? [{ mediaType: 'image/*', url: String(file['fileUri']) }] : [];
}

function turnsIn(content: JsonObject): Turn[] {
  const parts = objectsIn(content['parts']);
  const text = textIn(content);
  const words = text === '' ? {} : { text };
  if (content['role'] === 'model') {
    const uses = parts.flatMap((part): ToolUse[] => {
      const call = objectAt(part, 'functionCall');
      return call ? [{ id: String(call['id']), name: String(call['name']), args: objectAt(call, 'args') ?? {} }] : [];
    });
    return [{ role: 'assistant', ...words, ...(uses.length > 0 && { uses }) }];
  }
  const outcomes = parts.flatMap((part): ToolOutcome[] => {
    const result = objectAt(part, 'functionResponse');
    if (!result) return [];
    const { content: plain, error, output } = objectAt(result, 'response') ?? {};
    const said = plain ?? error ?? output;
    return [{ id: String(result['id']), text: typeof said === 'string' ? said : JSON.stringify(said) }];
  });
  const pictures = parts.flatMap(pictureIn);
  if (outcomes.length === 0) return [{ role: 'user', ...words, ...(pictures.length > 0 && { pictures }) }];
  const [first, ...rest] = outcomes;
  const result: Turn[] = [
    { role: 'tool', outcomes: [{ ...first!, ...(pictures[0] && { picture: pictures[0] }) }, ...rest] },
  ];
  return result;
}
