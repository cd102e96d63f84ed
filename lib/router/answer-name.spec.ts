import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { anyJson, fuzz } from '../../test/support/fuzz.js';
import { AnswerName } from './answer-name.js';

const NAME = 'grüße "chat"\\';

function answered(body: string, name = new AnswerName(NAME, undefined)): string {
  return Buffer.from(name.inAnswer(Buffer.from(body).toString('latin1')), 'latin1').toString();
}

describe('the name in answers', () => {
  test('takes the place of the model, and every other byte stays', () => {
    expect(answered('{ "id":1e21,\t"model" : "gpt-4o-2024-08-06" ,"x":"世界"}')).toBe(
      `{ "id":1e21,\t"model" : ${JSON.stringify(NAME)} ,"x":"世界"}`,
    );
  });

  test.each([
    ['there is none', '{"choices":[]}'],
    ['it is null', '{"model":null}'],
    ['it stands in a list', '{"data":[{"model":"m"}]}'],
    ['it stands in another object', '{"input":{"model":"m"}}'],
    ['it is a text that looks like it', '{"text":"\\"model\\":\\"m\\""}'],
    ['it is the end of another key', '{"a\\"model":"m"}'],
    ['it is a value', '{"key":"model","other":"m"}'],
  ])('changes nothing when %s', (_when, body) => {
    expect(answered(body)).toBe(body);
  });

  test.each([400, 500, 505, 511, 512, 600, 5_000])('is found behind %i bytes', (length) => {
    const before = `{"id":"${'x'.repeat(length)}","choices":[{"model":"m"}],"model":"`;
    expect(answered(`${before}gpt-4o"}`)).toBe(`${before.slice(0, -1)}${JSON.stringify(NAME)}}`);
  });

  test('stands in the holder of events, and nowhere else in it', () => {
    const name = new AnswerName('chat', 'message');
    const data = '{"tool":{"model":"x"},"message":{"content":[{"model":"y"}],"model":"m"}}';
    expect(name.inEvent({ event: 'message_start', data })).toEqual({
      event: 'message_start',
      data: '{"tool":{"model":"x"},"message":{"content":[{"model":"y"}],"model":"chat"}}',
    });
  });

  test('reads an answer that is cut off, or not JSON at all', () => {
    for (const text of ['"model"', '{"model":"x', '{"model"', '"model":{', '{"a":"model"']) answered(text);
  });
});

const MODEL = fc.tuple(fc.nat(3), fc.string({ unit: 'binary' }), fc.array(fc.tuple(fc.string(), anyJson)));

fuzz('is what JSON.parse would have given', MODEL, ([indent, model, entries]) => {
  const others = Object.fromEntries(entries.filter(([key]) => key !== 'model' && key !== '__proto__'));
  for (const answer of [
    { model, ...others },
    { ...others, model },
  ]) {
    const body = JSON.stringify(answer, undefined, indent);
    expect(JSON.parse(answered(body))).toEqual({ ...(JSON.parse(body) as object), model: NAME });
    const held = JSON.stringify({ ...others, response: answer }, undefined, indent);
    const { data } = new AnswerName(NAME, 'response').inEvent({ event: undefined, data: held });
    expect(JSON.parse(data)).toMatchObject({ response: { model: NAME } });
  }
});
