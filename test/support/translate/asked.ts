import * as fc from 'fast-check';
import type { Asked } from '../../../lib/translate/asked.js';
import type {
  AssistantPart,
  FunctionTool,
  PromptMessage,
  ToolResultPart,
  UserPart,
} from '../../../lib/translate/model.js';

const text = fc.string({ minLength: 1, maxLength: 30, unit: 'grapheme' });
const word = fc.stringMatching(/^[a-zA-Z_][a-zA-Z0-9_-]{0,20}$/);
const input = fc.dictionary(word, fc.oneof(fc.integer(), text, fc.boolean()), { maxKeys: 3 });
const png = fc.uint8Array({ minLength: 1, maxLength: 12 }).map((bytes) => Buffer.from(bytes).toString('base64'));

const textPart = text.map((said): UserPart => ({ type: 'text', text: said }));
const image = fc.oneof(
  png.map((data): UserPart => ({ type: 'file', mediaType: 'image/png', data })),
  fc.webUrl({ validSchemes: ['https'] }).map((data): UserPart => ({ type: 'file', mediaType: 'image/*', data })),
);
const user = fc.array(fc.oneof(textPart, image), { minLength: 1, maxLength: 3 });

interface Turn {
  readonly said: string | undefined;
  readonly calls: readonly {
    readonly name: string;
    readonly input: Record<string, unknown>;
    readonly result: string;
  }[];
}

const turn = fc.record({
  said: fc.option(text, { nil: undefined }),
  calls: fc.array(fc.record({ name: word, input, result: text }), { maxLength: 3 }),
});

/** A turn of the model's, and the results of the tools that it calls. */
function turnOf({ said, calls }: Turn, at: number): PromptMessage[] {
  const id = (n: number) => `call_${at}_${n}`;
  const content: AssistantPart[] = calls.map(({ name, input: args }, n) => ({
    type: 'tool-call',
    toolCallId: id(n),
    toolName: name,
    input: args,
  }));
  if (said !== undefined || calls.length === 0) content.unshift({ type: 'text', text: said ?? 'well' });
  const results: ToolResultPart[] = calls.map(({ name, result }, n) => ({
    type: 'tool-result',
    toolCallId: id(n),
    toolName: name,
    output: { type: 'text', value: result },
  }));
  return [{ role: 'assistant', content }, ...(results.length > 0 ? [{ role: 'tool' as const, content: results }] : [])];
}

const prompt = fc
  .record({
    system: fc.option(text, { nil: undefined }),
    first: user,
    turns: fc.array(fc.record({ answer: turn, next: user }), { maxLength: 3 }),
  })
  .map(({ system, first, turns }): PromptMessage[] => [
    ...(system === undefined ? [] : [{ role: 'system' as const, content: system }]),
    { role: 'user', content: first },
    ...turns.flatMap(({ answer, next }, at): PromptMessage[] => {
      const messages = turnOf(answer, at);
      // A user's turn beside results of tools would be one with them in some formats.
      return answer.calls.length > 0 ? messages : [...messages, { role: 'user', content: next }];
    }),
  ]);

const tool = fc
  .record({ name: word, description: text, strict: fc.boolean() })
  .map(({ name, description, strict }): FunctionTool => ({
    type: 'function',
    name,
    description,
    inputSchema: { type: 'object', properties: { city: { type: 'string' } } },
    ...(strict && { strict }),
  }));

/** What all three wire formats can say. */
export const anyAsked: fc.Arbitrary<Asked> = fc
  .record(
    {
      prompt,
      maxOutputTokens: fc.integer({ min: 16, max: 4_096 }),
      temperature: fc.constantFrom(0, 0.25, 1),
      topP: fc.constantFrom(0.5, 1),
      tools: fc.uniqueArray(tool, { minLength: 1, maxLength: 3, selector: ({ name }) => name }),
      toolChoice: fc.constantFrom<Asked['toolChoice']>({ type: 'auto' }, { type: 'none' }, { type: 'required' }),
      user: word,
      responseFormat: fc.constant<Asked['responseFormat']>({
        type: 'json',
        name: 'answer',
        schema: { type: 'object', properties: { a: { type: 'string' } }, additionalProperties: false },
      }),
    },
    { requiredKeys: ['prompt', 'maxOutputTokens'] },
  )
  .map((asked) => ({ ...asked }) as Asked);
