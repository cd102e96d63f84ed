import * as fc from 'fast-check';
import type { AnswerPart, ModelAnswer, ModelChunk } from '../../../lib/translate/model.js';

const text = fc.string({ minLength: 1, maxLength: 40, unit: 'grapheme' });
const count = fc.integer({ min: 0, max: 1_000 });

/** An answer as all three wire formats can give it: thoughts, then text, then calls of tools. */
export const anyAnswer: fc.Arbitrary<ModelAnswer> = fc
  .record({
    thought: fc.option(text, { nil: undefined }),
    said: fc.option(text, { nil: undefined }),
    calls: fc.array(fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), text, { maxKeys: 2 }), { maxLength: 3 }),
    end: fc.constantFrom('stop', 'length', 'content-filter'),
    fresh: count,
    cacheRead: count,
    output: count,
  })
  .map(({ thought, said, calls, end, fresh, cacheRead, output }): ModelAnswer => {
    const content: AnswerPart[] = [
      ...(thought === undefined ? [] : [{ type: 'reasoning' as const, text: thought }]),
      ...(said === undefined && calls.length > 0 ? [] : [{ type: 'text' as const, text: said ?? 'well' }]),
      ...calls.map((input, n) => ({
        type: 'tool-call' as const,
        toolCallId: `call_${n}`,
        toolName: `tool_${n}`,
        input: JSON.stringify(input),
      })),
    ];
    const unified = calls.length > 0 ? 'tool-calls' : end;
    return {
      content,
      finishReason: { unified, raw: undefined },
      usage: {
        inputTokens: { total: fresh + cacheRead, noCache: fresh, cacheRead, cacheWrite: undefined },
        outputTokens: { total: output, text: output, reasoning: undefined },
      },
      warnings: [],
    };
  });

/** The answer as it would come in a stream, three characters at a time. */
export function chunksOf({ content, finishReason, usage }: ModelAnswer): ModelChunk[] {
  const chunks = content.flatMap((part, at): ModelChunk[] => {
    const id = String(at);
    if (part.type === 'tool-call') {
      const { toolCallId, toolName, input } = part;
      return [
        { type: 'tool-input-start', id: toolCallId, toolName },
        ...pieces(input).map((delta) => ({ type: 'tool-input-delta' as const, id: toolCallId, delta })),
        { type: 'tool-input-end', id: toolCallId },
        part,
      ];
    }
    if (part.type !== 'text' && part.type !== 'reasoning') return [];
    return [
      { type: `${part.type}-start`, id },
      ...pieces(part.text).map((delta) => ({ type: `${part.type}-delta` as const, id, delta })),
      { type: `${part.type}-end`, id },
    ];
  });
  return [{ type: 'stream-start', warnings: [] }, ...chunks, { type: 'finish', finishReason, usage }];
}

function pieces(whole: string): string[] {
  return whole.match(/[\s\S]{1,3}/gu) ?? [];
}

/** What a stream said, without ids and the cuts between its pieces. */
export function saidIn(chunks: readonly ModelChunk[]): unknown[] {
  const said: unknown[] = [];
  for (const chunk of chunks) {
    if (chunk.type === 'text-delta' || chunk.type === 'reasoning-delta') {
      const type = chunk.type === 'text-delta' ? 'text' : 'reasoning';
      const last = said.at(-1) as { type: string; text: string } | undefined;
      if (last?.type === type) last.text += chunk.delta;
      else said.push({ type, text: chunk.delta });
    } else if (chunk.type === 'tool-call') {
      said.push({ type: 'tool-call', name: chunk.toolName, input: JSON.parse(chunk.input) as unknown });
    } else if (chunk.type === 'finish') {
      const { inputTokens, outputTokens } = chunk.usage;
      const counts = [inputTokens.total, inputTokens.cacheRead, outputTokens.total];
      said.push({ end: chunk.finishReason.unified, counts });
    }
  }
  return said;
}
