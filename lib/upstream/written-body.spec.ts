import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import type { JsonObject } from '../kit/json.js';
import { respelled } from './written-body.js';

const LIMITS = ['max_completion_tokens', 'max_tokens'];

const sent = (text: string, change: JsonObject = {}) => {
  const body = JSON.parse(text) as JsonObject;
  return respelled({ body, text }, { ...body, model: 'gpt-4o', ...change }, LIMITS);
};

describe('a body that came as text', () => {
  test('goes out as it was written, with another model', () => {
    expect(sent('{ "messages": [], "model" : "alias", "seed": 12345678901234567890, "top_p": 1.0 }')).toBe(
      '{ "messages": [], "model" : "gpt-4o", "seed": 12345678901234567890, "top_p": 1.0 }',
    );
  });

  test('gets the fields that it lacks at its end', () => {
    const stream_options = { include_usage: true };
    expect(sent('{"model":"alias","stream":true} ', { stream_options, seed: undefined })).toBe(
      '{"model":"gpt-4o","stream":true,"stream_options":{"include_usage":true}} ',
    );
  });

  test.each([
    ['a field changed', '{"model":"alias","temperature":1}', { temperature: 0 }],
    ['the model stands there twice', '{"model":"alias","model":"alias"}', {}],
    ['a tool has a field of that name', '{"tools":[{"model":"alias"}],"model":"alias"}', {}],
    ['the name of the model is hidden', '{"mod\\u0065l":"alias","metadata":{"model":"alias"}}', {}],
    ['the model is hidden', '{"model":"\\u0061lias"}', {}],
    ['a text ends like the key', String.raw`{"user":"the \"model","mod\u0065l":"alias"}`, {}],
    ['a limit stands there twice', '{"model":"alias","max_tokens":100000,"max_tokens":1}', {}],
  ])('is written again when %s', (_, text, change) => {
    expect(sent(text, change)).toBeUndefined();
  });

  test('is written again when a field is left out', () => {
    const text = '{"model":"alias","seed":1}';
    expect(respelled({ body: JSON.parse(text) as JsonObject, text }, { model: 'gpt-4o' }, LIMITS)).toBeUndefined();
  });

  test('means what the new body says, whatever it holds', () => {
    const value = fc.oneof(fc.jsonValue(), fc.constantFrom('model', '"model":"alias"', '\\"model', 'alias'));
    const fields = fc.dictionary(fc.oneof(fc.string(), fc.constantFrom('model', 'max_tokens', 'metadata')), value);
    fc.assert(
      fc.property(fields, fields, fc.string(), fc.constantFrom(0, 2), (some, others, model, indent) => {
        const text = JSON.stringify({ ...some, model }, undefined, indent);
        const asked = JSON.parse(text) as JsonObject;
        const body = { ...others, ...asked, model: 'gpt-4o' };
        const own = respelled({ body: asked, text }, body, LIMITS);
        if (own !== undefined) expect(JSON.parse(own)).toEqual(JSON.parse(JSON.stringify(body)));
      }),
    );
  });
});
