import { describe, expect, test } from '@jest/globals';
import { missingField } from './dialect.js';
import { dialectAt, dialectNamed, DIALECTS } from './dialects.js';

test.each([
  ['/v1/chat/completions', 'openai-chat'],
  ['/ai/v1/chat/completions/', 'openai-chat'],
  ['/openai/deployments/x/chat/completions', 'openai-chat'],
  ['/v1/responses', 'openai-responses'],
  ['/embeddings', 'openai-embeddings'],
  ['/v1/completions', 'openai-completions'],
  ['/v1/responses/compact', 'openai-compact'],
  ['/v1/messages', 'anthropic-messages'],
  ['/ai/v1/messages', 'anthropic-messages'],
])('%s speaks %s', (path, name) => {
  expect(dialectAt(path)?.name).toBe(name);
});

test.each([
  '/',
  '/v1/models',
  '/v1/threads/t1/messages',
  '/v1/messages/count_tokens',
  '/v1/chat/completions/c1',
  '/v1/responses/resp_1',
])('%s speaks nothing that is known here', (path) => {
  expect(dialectAt(path)).toBeUndefined();
});

describe.each(DIALECTS)('$name', (dialect) => {
  test('has a name, a path and a handler of its own', () => {
    const same = DIALECTS.filter(
      ({ name, path, gateway }) =>
        name === dialect.name || path === dialect.path || gateway.handler === dialect.gateway.handler,
    );
    expect(same).toEqual([dialect]);
    expect(dialectNamed(dialect.name)).toBe(dialect);
    expect(dialectAt(`/v1${dialect.endpoint.path}`)).toBe(dialect);
  });

  test('asks a short question that is a request of its own, within its limit', () => {
    const body = dialect.question('ping', 20);
    expect(missingField(dialect, body)).toBeUndefined();
    expect(dialect.isStream(body)).toBe(false);
    expect(dialect.request.conversation(body)).toBe('user: ping');
    expect(dialect.limitFields.slice(0, 1).map((field) => body[field])).toEqual(
      dialect.limitFields.length > 0 ? [20] : [],
    );
  });

  test('keeps its question out of the parameters of versions', () => {
    expect(dialect.requestFields).toEqual(expect.arrayContaining(Object.keys(dialect.required)));
  });

  test('passes on lists only where it passes on the header', () => {
    expect(dialect.callerHeaders).toEqual(expect.arrayContaining([...dialect.listHeaders]));
  });

  test('describes its errors as it writes them', () => {
    const body = dialect.errorBody({ code: 'c', message: 'm', type: 't', status: 500 });
    if (dialect.errorSchema) expect(dialect.errorSchema.schema.safeParse(body).success).toBe(true);
    else expect(body).toEqual({ error: { message: 'm', type: 't', param: null, code: 'c' } });
  });
});
