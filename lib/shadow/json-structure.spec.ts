import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { jsonStructure } from './json-structure.js';

describe('The structure of a text', () => {
  test.each(['', 'Hello', '42', '"text"', 'null', '{"cut": ', '{not json}'])('%p has none', (text) => {
    expect(jsonStructure(text)).toBeUndefined();
  });

  test('is its keys and types, whatever the values and the order', () => {
    expect(jsonStructure('{"a":1,"b":{"c":"x"}}')).toBe(jsonStructure('{"b":{"c":"y"},"a":2}'));
    expect(jsonStructure('{"a":1}')).not.toBe(jsonStructure('{"a":"1"}'));
    expect(jsonStructure('{"a":1}')).not.toBe(jsonStructure('{"A":1}'));
    expect(jsonStructure('{"a":null}')).not.toBe(jsonStructure('{"a":{}}'));
  });

  test('does not depend on how many elements a list has', () => {
    expect(jsonStructure('[{"id":1}]')).toBe(jsonStructure('[{"id":1},{"id":2}]'));
  });

  test('is seen inside a fence as well', () => {
    expect(jsonStructure('```json\n{"a":1}\n```')).toBe(jsonStructure('{"a":1}'));
  });

  test('is found for every object and list, and found again', () => {
    fc.assert(
      fc.property(fc.oneof(fc.dictionary(fc.string(), fc.jsonValue()), fc.array(fc.jsonValue())), (value) => {
        const text = JSON.stringify(value);
        expect(jsonStructure(text)).toBeDefined();
        expect(jsonStructure(text)).toBe(jsonStructure(JSON.stringify(value, null, 2)));
      }),
    );
  });

  test('is told apart by where a key stands, not by its dots', () => {
    expect(jsonStructure('{"a.b":1}')).not.toBe(jsonStructure('{"a":{"b":1}}'));
    expect(jsonStructure('{"a":{},"b":1}')).not.toBe(jsonStructure('{"a":{"b":1}}'));
  });

  test('is no longer than the text, however long a key above others is', () => {
    const inner = Object.fromEntries(Array.from({ length: 2_000 }, (_, i) => [`z${i}`, 1]));
    const text = JSON.stringify({ ['k'.repeat(20_000)]: inner });
    expect(jsonStructure(text)!.length).toBeLessThan(2 * text.length);
  });

  test('of a value without end is looked at only so far', () => {
    const wide = JSON.stringify(Array.from({ length: 100_000 }, (_, i) => ({ [`k${i}`]: i })));
    expect(jsonStructure(wide)!.split('\n').length).toBeLessThanOrEqual(5_000);
    const deep = '['.repeat(2_000) + ']'.repeat(2_000);
    expect(jsonStructure(deep)!.split('\n').length).toBeLessThan(40);
  });
});
