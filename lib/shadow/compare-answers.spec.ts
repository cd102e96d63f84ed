import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import type { ShadowSide } from '../telemetry/shadow-pair.js';
import { compareAnswers, type ComparedAnswer } from './compare-answers.js';

const usage = (outputTokens: number, inputTokens = 100) => ({ inputTokens, outputTokens, cachedInputTokens: 0 });

function answered(text: string, side: Partial<ShadowSide> = {}, toolCalls: readonly string[] = []): ComparedAnswer {
  return {
    answer: { text, toolCalls },
    side: { environment: 'blue', version: 'v1', outcome: 'ok', latency: 1, ...side },
  };
}

const compare = (a: ComparedAnswer, b: ComparedAnswer, tokenTolerance = 0.05, maxTemporalDriftMs?: number) =>
  compareAnswers(a, b, { tokenTolerance, maxTemporalDriftMs });

const outside = (tokens: number) =>
  compare(answered('', { usage: usage(100) }), answered('', { usage: usage(tokens) })).outsideTolerance;

describe('Two answers to the same request', () => {
  test('that say the same are as alike as can be', () => {
    const same = answered('Your parcel arrives on Tuesday.', { usage: usage(8), finishReason: 'stop' });
    expect(compare(same, same)).toEqual({
      sameText: true,
      textSimilarity: 1,
      embeddingSimilarity: null,
      tokenDifference: 0,
      outsideTolerance: false,
      outsideTime: null,
      lengthRatio: 1,
      sameJson: null,
      sameToolCalls: null,
      sameFinishReason: true,
    });
  });

  test('that say something else are far below the threshold', () => {
    const { textSimilarity } = compare(
      answered('Your parcel arrives on Tuesday, between nine and noon.'),
      answered('I am sorry, but I cannot help with this question.'),
    );
    expect(textSimilarity).toBeLessThan(0.5);
  });

  test('of one letter each are the same or not', () => {
    expect(compare(answered('a'), answered('A')).textSimilarity).toBe(1);
    expect(compare(answered('a'), answered('b')).textSimilarity).toBe(0);
  });

  test('without any text are not called alike', () => {
    expect(compare(answered(''), answered(' ')).textSimilarity).toBeNull();
    expect(compare(answered('something'), answered('')).textSimilarity).toBe(0);
  });

  test('are as alike the one way as the other, from 0 to 1', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), fc.string({ maxLength: 200 }), (a, b) => {
        const there = compare(answered(a), answered(b)).textSimilarity;
        expect(compare(answered(b), answered(a)).textSimilarity).toBe(there);
        if (there !== null) expect(there >= 0 && there <= 1).toBe(true);
      }),
    );
  });

  test('are outside the tolerance when the tokens differ by more than it says', () => {
    expect([94, 95, 100, 105, 106].map(outside)).toEqual([true, false, false, false, true]);
  });

  test('are not judged by tokens that nobody counted', () => {
    expect(compare(answered('', { usage: usage(100) }), answered('')).outsideTolerance).toBeNull();
  });

  test('without output, like embeddings, are judged by their input', () => {
    const a = answered('', { usage: usage(0, 100) });
    expect(compare(a, answered('', { usage: usage(0, 200) })).tokenDifference).toBe(1);
  });

  test('differ in structure when one is JSON and the other is not', () => {
    expect(compare(answered('{"a":1}'), answered('The answer is 1.')).sameJson).toBe(false);
    expect(compare(answered('{"a":1}'), answered('{"a":2}')).sameJson).toBe(true);
  });

  test('differ when only one of them calls a tool', () => {
    expect(compare(answered('', {}, ['find(id)']), answered('I will look.')).sameToolCalls).toBe(false);
    expect(compare(answered('', {}, ['find(id)']), answered('', {}, ['find(id)'])).sameToolCalls).toBe(true);
  });

  test('differ when they end for different reasons', () => {
    expect(
      compare(answered('', { finishReason: 'stop' }), answered('', { finishReason: 'length' })).sameFinishReason,
    ).toBe(false);
  });
});

describe('Exactly the same', () => {
  test.each([
    ['Yes.', ' Yes.\n', true],
    ['Yes.', 'yes.', false],
    ['', ' ', null],
    ['', 'Yes.', false],
  ])('%j and %j: %j', (a, b, same) => expect(compare(answered(a), answered(b)).sameText).toBe(same));
});

const late = (latency: number, longest?: number) =>
  compare(answered('a'), answered('a', { latency }), 0.05, longest).outsideTime;

describe('A shadow that takes longer', () => {
  test('is late beyond the limit, and never without one', () => {
    expect([late(101, 100), late(102, 100), late(0, 0), late(1e6)]).toEqual([false, true, false, null]);
  });
});
