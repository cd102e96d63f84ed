import { describe, expect, test } from '@jest/globals';
import { PRIMARY, streamAnswer, streamEvents, textOf } from '../provider/speaker.js';
import { readJson, readStream } from './read-answer.js';

const ERROR = JSON.stringify({
  error: { message: 'No.', type: 'upstream_error', param: null, code: 'upstream_timeout' },
});
const { role, words, finish, usage } = streamAnswer(PRIMARY);

const stream = (...events: string[]) => readStream(Buffer.from(events.map((data) => `data: ${data}\n\n`).join('')));
const json = (status: number, body: string) => readJson(status, Buffer.from(body));

describe('a stream', () => {
  test('is an answer when it has [DONE]', () => {
    expect(stream(...streamEvents(PRIMARY))).toMatchObject({
      kind: 'answer',
      text: textOf(PRIMARY),
      model: 'gpt-4o',
      usage: PRIMARY.usage,
    });
  });

  test('is an answer when every choice has its reason to stop', () => {
    expect(stream(role, ...words, finish)).toMatchObject({ kind: 'answer', text: textOf(PRIMARY) });
  });

  test('is truncated without either, also with the usage behind it', () => {
    expect(stream(role, ...words)).toMatchObject({ kind: 'truncated' });
    expect(stream(role, ...words, usage)).toMatchObject({ kind: 'truncated' });
    expect(stream()).toMatchObject({ kind: 'truncated' });
  });

  test('is truncated when it ends within an event', () => {
    const bytes = Buffer.from(`data: ${role}\n\ndata: ${finish}\n\ndata: [DO`);
    expect(readStream(bytes)).toMatchObject({ kind: 'truncated' });
  });

  test('ends in an error event with its code, and with nothing behind it', () => {
    expect(stream(role, words[0]!, ERROR)).toEqual({ kind: 'error event', code: 'upstream_timeout', text: 'The ' });
    expect(stream(role, ERROR, '[DONE]')).toMatchObject({ kind: 'unreadable' });
  });

  test('is unreadable with an event that is no JSON', () => {
    expect(stream(role, '{"id":', finish, '[DONE]')).toMatchObject({ kind: 'unreadable' });
  });
});

describe('a body', () => {
  test('with an error status is an error, typed when it has a code', () => {
    expect(json(504, ERROR)).toEqual({ kind: 'error', status: 504, code: 'upstream_timeout' });
    expect(json(500, '{"message":"Oops"}')).toEqual({ kind: 'error', status: 500, code: '' });
  });

  test('is truncated without a reason to stop', () => {
    const choices = [{ index: 0, message: { content: 'Half' }, finish_reason: null }];
    expect(json(200, JSON.stringify({ choices }))).toEqual({ kind: 'truncated', text: 'Half' });
  });

  test('that is no JSON is unreadable', () => {
    expect(json(200, '<html>')).toMatchObject({ kind: 'unreadable' });
  });
});
