import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { z } from 'zod';
import { problemsOf } from './problems.js';
import { pathOf, show } from './shown.js';

const HIDDEN = 'a value that is not shown here';

describe('A value in a problem', () => {
  test.each([
    ['text', '"text"'],
    [5, '5'],
    [5n, '5n'],
    [Number.NaN, 'NaN'],
    [true, 'true'],
    [null, 'null'],
    [undefined, 'nothing'],
    [Symbol('s'), 'Symbol(s)'],
    [() => 5, 'a function'],
    [{ a: 1 }, 'an object'],
    [[1, 2], 'a list of 2'],
    ['https://me:secret@host/v1', '"https://…@host/v1"'],
  ])('%p is shown as %s', (value, expected) => {
    expect(show(['weight'], value)).toBe(expected);
  });

  test('is short, whatever it is', () => {
    fc.assert(fc.property(fc.anything({ withBigInt: true }), (value) => show(['weight'], value).length <= 80));
  });

  test.each([
    [['environments', 'blue', 'apiKey']],
    [['environments', 'blue', 'APIKEY']],
    [['environments', 'blue', 'headers', 'Authorization']],
    [['environments', 'blue', 'headers', 'x-access-token']],
    [['keys', 0]],
    [['keys', 0, 'key']],
    [['stickiness', 'cookie']],
    [['stickiness', 'cookie', 'secret']],
  ])('at %j is not shown', (path) => {
    for (const value of ['secret', 5, true]) expect(show(path, value)).toBe(HIDDEN);
  });

  test('is shown when only a name that people chose sounds secret', () => {
    expect(show(['routes', 'keynote', 'environments', 'token-saver', 'weight'], 101)).toBe('101');
    expect(show(['stickiness', 'cookie', 'sameSite'], 'lex')).toBe('"lex"');
  });
});

test('The remedy for what fits no alternative names each of them once', () => {
  const schema = z.union([z.iso.datetime(), z.string().regex(/^\d+$/), z.string().regex(/^\d+$/), z.literal(false)]);
  const [problem] = problemsOf(schema.safeParse('noon').error, 'noon');
  expect(problem!.remedy).toBe('Use a valid datetime, text that matches /^\\d+$/ or false.');
});

test('The path of a problem reads like the option’s place', () => {
  expect(pathOf(['keys', 0, 'key'])).toBe('keys.0.key');
  expect(pathOf([])).toBe('(the whole)');
});

test('Of thousands of problems a hundred are told, and how many more there are', () => {
  const schema = z.strictObject({ weights: z.record(z.string(), z.number().max(1)) });
  const many = Object.fromEntries(Array.from({ length: 5_000 }, (_, n) => [`name-${n}`, 2]));
  for (const input of [{ weights: many }, { weights: {}, ...many }]) {
    const problems = problemsOf(schema.safeParse(input).error, input, schema);
    expect(problems).toHaveLength(101);
    expect(problems.at(-1)!.message).toBe('has 4900 further problems');
  }
});
