import { describe, expect, test } from '@jest/globals';
import type { Capabilities } from '../domain/version.js';
import { assertAble } from './abilities.js';
import { anthropicMessages } from './dialects/anthropic-messages.js';
import type { Dialect } from './dialects/dialect.js';
import type { JsonObject } from '../kit/json.js';
import { openAiChat } from './dialects/openai-chat.js';
import { openAiEmbeddings } from './dialects/openai-embeddings.js';
import { openAiResponses } from './dialects/openai-responses.js';

const asking =
  (dialect: Dialect, body: JsonObject, capabilities?: Capabilities): (() => void) =>
  () =>
    assertAble({ tag: 'v', model: 'm', upstream: 'u', capabilities }, dialect, body);

const TOOLS = [{ type: 'function' }];

describe.each([openAiChat, openAiResponses, anthropicMessages])('A request in $name', (dialect) => {
  test('that asks for a stream is refused where streams are declared away', () => {
    expect(asking(dialect, { stream: true }, { supportsStreaming: false })).toThrow(
      expect.objectContaining({ failure: 'unsupported', asked: false }),
    );
    expect(asking(dialect, { stream: false }, { supportsStreaming: false })).not.toThrow();
  });

  test('that offers tools is refused where tools are declared away', () => {
    expect(asking(dialect, { tools: TOOLS }, { supportsTools: false })).toThrow(/offers tools.*"supportsTools": false/);
    expect(asking(dialect, { tools: [] }, { supportsTools: false })).not.toThrow();
    expect(asking(dialect, {}, { supportsTools: false })).not.toThrow();
  });

  test.each<[Capabilities | undefined]>([[undefined], [{}], [{ supportsStreaming: true, supportsTools: true }]])(
    'may ask for both where %j is declared',
    (capabilities) => {
      expect(asking(dialect, { stream: true, tools: TOOLS }, capabilities)).not.toThrow();
    },
  );
});

test('functions, as chat completions once called them, are tools', () => {
  expect(asking(openAiChat, { functions: TOOLS }, { supportsTools: false })).toThrow(/offers tools/);
});

test('embeddings know neither', () => {
  const nothing = { supportsStreaming: false, supportsTools: false };
  expect(asking(openAiEmbeddings, { input: 'Hi', tools: TOOLS }, nothing)).not.toThrow();
});
