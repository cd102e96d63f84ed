import { describe, expect, test } from '@jest/globals';
import type { VersionSystemPrompt } from '../../domain/version.js';
import { preparedBody } from '../prepared-body.js';
import { anthropicMessages } from './anthropic-messages.js';
import type { Dialect } from './dialect.js';
import type { JsonObject } from '../../kit/json.js';
import { openAiChat } from './openai-chat.js';
import { openAiResponses } from './openai-responses.js';

function apply(dialect: Dialect, mode: VersionSystemPrompt['mode'], body: JsonObject): JsonObject {
  const version = { tag: 'v1', model: 'm', upstream: 'chat/blue', systemPrompt: { text: 'Ours.', mode } };
  const { model: _model, ...prepared } = preparedBody(dialect, body, version).body;
  return prepared;
}

const user = { role: 'user', content: 'Hi' };
const system = (content: unknown) => ({ role: 'system', content });
const developer = (content: unknown) => ({ role: 'developer', content });

function chat(mode: VersionSystemPrompt['mode'], ...messages: unknown[]): unknown {
  return apply(openAiChat, mode, { messages })['messages'];
}

describe('a system prompt in a chat', () => {
  test.each(['replace', 'prepend', 'default'] as const)('(%s) comes first where there is none', (mode) => {
    expect(chat(mode, user)).toEqual([system('Ours.'), user]);
  });

  test('replaces every one that is there, in its role', () => {
    expect(chat('replace', developer('Yours.'), user, system('Later.'))).toEqual([developer('Ours.'), user]);
  });

  test('stands in front of the one that is there, in the same message', () => {
    expect(chat('prepend', developer('Yours.'), user)).toEqual([developer('Ours.\n\nYours.'), user]);
    const parts = [{ type: 'text', text: 'Yours.' }];
    expect(chat('prepend', system(parts), user)).toEqual([system([{ type: 'text', text: 'Ours.' }, ...parts]), user]);
  });

  test('that is a default gives way', () => {
    expect(chat('default', developer('Yours.'), user)).toEqual([developer('Yours.'), user]);
  });

  test('keeps what else a message has', () => {
    expect(chat('prepend', { ...system('Yours.'), name: 'shop' })).toEqual([
      { ...system('Ours.\n\nYours.'), name: 'shop' },
    ]);
  });
});

describe.each([
  ['messages', anthropicMessages, 'system', 'messages'],
  ['responses', openAiResponses, 'instructions', 'input'],
] as const)('a system prompt in %s', (_name, dialect, field, conversation) => {
  const send = (mode: VersionSystemPrompt['mode'], prompt: unknown, messages: unknown = [user]) =>
    apply(dialect, mode, { ...(prompt === undefined ? {} : { [field]: prompt }), [conversation]: messages });

  test.each(['replace', 'prepend', 'default'] as const)('(%s) fills the empty field', (mode) => {
    for (const empty of [undefined, null, '', []]) {
      expect(send(mode, empty)).toEqual({ [field]: 'Ours.', [conversation]: [user] });
    }
  });

  test('replaces the field and the instructions among the messages', () => {
    expect(send('replace', 'Yours.', [system('Mine.'), user])).toEqual({ [field]: 'Ours.', [conversation]: [user] });
  });

  test('stands in front of a text or of blocks', () => {
    expect(send('prepend', 'Yours.')).toMatchObject({ [field]: 'Ours.\n\nYours.' });
    const blocks = [{ type: 'text', text: 'Yours.', cache_control: { type: 'ephemeral' } }];
    expect(send('prepend', blocks)).toMatchObject({ [field]: [{ type: 'text', text: 'Ours.' }, ...blocks] });
  });

  test('that is a default gives way to the field and to instructions among the messages', () => {
    expect(send('default', 'Yours.')).toMatchObject({ [field]: 'Yours.' });
    expect(send('default', undefined, [system('Yours.'), user])).not.toHaveProperty(field);
  });
});

test('a default system prompt gives way to a stored prompt, which has instructions of its own', () => {
  expect(apply(openAiResponses, 'default', { prompt: { id: 'p1' } })).toEqual({ prompt: { id: 'p1' } });
});
