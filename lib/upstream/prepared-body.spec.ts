import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { withParameters } from './prepared-body.js';

const CHAT = ['max_completion_tokens', 'max_tokens'];
const version = (mode: 'override' | 'default', values: Record<string, unknown>) => ({
  tag: 'v1',
  model: 'gpt-4o',
  upstream: 'chat/blue',
  parameters: { mode, values },
});

describe('parameters of a version', () => {
  test('that are defaults fill in what the request leaves out', () => {
    const body = { temperature: 1, seed: undefined };
    expect(withParameters(body, version('default', { temperature: 0, seed: 7 }), CHAT)).toEqual({
      model: 'gpt-4o',
      temperature: 1,
      seed: 7,
    });
  });

  test('that override win over the request', () => {
    expect(withParameters({ temperature: 1, top_p: 1 }, version('override', { temperature: 0 }), CHAT)).toEqual({
      model: 'gpt-4o',
      temperature: 0,
      top_p: 1,
    });
  });

  test('a null of the request is an answer, not a gap', () => {
    expect(withParameters({ stop: null }, version('default', { stop: ['x'] }), CHAT)).toMatchObject({ stop: null });
  });

  test('never choose another model', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('override' as const, 'default' as const),
        fc.dictionary(fc.string(), fc.jsonValue()),
        (mode, values) => {
          expect(withParameters({ model: 'chat' }, version(mode, values), CHAT)['model']).toBe('gpt-4o');
        },
      ),
    );
  });

  test('leave the body as it was', () => {
    const body = Object.freeze({ temperature: 1 });
    withParameters(body, version('override', { temperature: 0 }), CHAT);
    expect(body).toEqual({ temperature: 1 });
  });
});

describe('the limit on output tokens', () => {
  test('is one thing under two names: the one that overrides takes the place of the other', () => {
    const body = withParameters({ max_tokens: 900 }, version('override', { max_completion_tokens: 50 }), CHAT);
    expect(body).toEqual({ model: 'gpt-4o', max_completion_tokens: 50 });
  });

  test('is not set a second time under its other name', () => {
    const body = withParameters({ max_tokens: 900 }, version('default', { max_completion_tokens: 50 }), CHAT);
    expect(body).toEqual({ model: 'gpt-4o', max_tokens: 900 });
  });

  test.each([
    ['responses', ['max_output_tokens'], 'max_output_tokens'],
    ['messages', ['max_tokens'], 'max_tokens'],
  ])('goes to %s under the name that is known there', (_dialect, fields, name) => {
    const body = withParameters({}, version('default', { max_completion_tokens: 50 }), fields);
    expect(body).toEqual({ model: 'gpt-4o', [name]: 50 });
  });

  test('does not go where there is no such limit', () => {
    expect(withParameters({}, version('default', { max_tokens: 50 }), [])).toEqual({ model: 'gpt-4o' });
  });
});

describe('fields of a request', () => {
  const body = { messages: [], seed: 7, max_tokens: 9 };
  const rename = { max_tokens: 'max_completion_tokens' };

  test('are left out where the version says so, and others get another name', () => {
    expect(withParameters(body, version('default', { drop: ['seed'], rename }), CHAT)).toEqual({
      model: 'gpt-4o',
      messages: [],
      max_completion_tokens: 9,
    });
  });

  test('lose their tools of a type that is dropped', () => {
    const tools = [{ type: 'web_search' }, { type: 'function', name: 'f' }];
    const sent = withParameters({ ...body, tools }, version('default', { drop: ['tools.web_search'] }), CHAT);
    expect(sent['tools']).toEqual([tools[1]]);
  });

  test('under both names keep the new one', () => {
    const both = { ...body, max_completion_tokens: 5 };
    const sent = withParameters(both, version('default', { rename }), CHAT);
    expect([sent['max_completion_tokens'], 'max_tokens' in sent]).toEqual([5, false]);
  });
});
