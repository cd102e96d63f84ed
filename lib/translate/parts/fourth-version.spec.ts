import { describe, expect, test } from '@jest/globals';
import type { ModelCall, ModelChunk } from '../model.js';
import { asPivot } from './fourth-version.js';

const USAGE = {
  inputTokens: { total: 3, noCache: 3, cacheRead: 0, cacheWrite: 0 },
  outputTokens: { total: 2, text: 2, reasoning: 0 },
};
const END = { unified: 'stop', raw: 'stop' };

/** A model as AI SDK 7 has them, which says what it is told. */
function model({ content = [], parts = [], version = 'v4', ...more }: Answering = {}) {
  const calls: Record<string, unknown>[] = [];
  const object = {
    specificationVersion: version,
    provider: 'vendor.chat',
    modelId: 'm',
    doGenerate: (call: Record<string, unknown>) => {
      calls.push(call);
      return Promise.resolve({ content, finishReason: END, usage: USAGE, warnings: [], ...more });
    },
    doStream: (call: Record<string, unknown>) => {
      calls.push(call);
      return Promise.resolve({ stream: ReadableStream.from(parts) });
    },
  };
  return { asked: asPivot(object, 'vendor'), calls };
}

interface Answering {
  content?: object[];
  parts?: object[];
  version?: string;
  warnings?: object[];
  structuredOutputText?: string;
}

const hi: ModelCall = { prompt: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }] };

async function chunks(parts: object[]): Promise<ModelChunk[]> {
  const { stream, chunkOf } = await model({ parts }).asked.doStream(hi);
  const all: ModelChunk[] = [];
  for await (const chunk of stream as unknown as AsyncIterable<object>) all.push(chunkOf(chunk));
  return all;
}

describe('a model of the fourth version', () => {
  test('gets files that say what they are', async () => {
    const { asked, calls } = model();
    const data = new Uint8Array([1, 2]);
    const content = [
      { type: 'file' as const, mediaType: 'application/pdf', data, filename: 'a.pdf' },
      { type: 'file' as const, mediaType: 'image/png', data: 'AAEC' },
      { type: 'file' as const, mediaType: 'image/*', data: new URL('https://h/cat.webp') },
      { type: 'file' as const, mediaType: 'image/*', data: 'https://h/cat' },
    ];
    await asked.doGenerate({ prompt: [{ role: 'user', content }] });
    expect(calls[0]).toMatchObject({
      prompt: [
        {
          content: [
            { mediaType: 'application/pdf', data: { type: 'data', data }, filename: 'a.pdf' },
            { mediaType: 'image/png', data: { type: 'data', data: 'AAEC' } },
            { mediaType: 'image/webp', data: { type: 'url', url: new URL('https://h/cat.webp') } },
            { mediaType: 'image/jpeg', data: { type: 'url', url: new URL('https://h/cat') } },
          ],
        },
      ],
    });
  });

  test('gets the files that tools returned', async () => {
    const { asked, calls } = model();
    const value = [
      { type: 'text' as const, text: 'seen' },
      { type: 'image-data' as const, data: 'AA', mediaType: 'image/png' },
      { type: 'file-url' as const, url: 'https://h/a.pdf', mediaType: 'application/pdf' },
      { type: 'image-url' as const, url: 'https://h/a.png' },
      { type: 'file-id' as const, fileId: 'file_1' },
    ];
    const result = { type: 'tool-result' as const, toolCallId: 'c', toolName: 't' };
    await asked.doGenerate({
      prompt: [{ role: 'tool', content: [{ ...result, output: { type: 'content', value } }] }],
    });
    expect(calls[0]).toMatchObject({
      prompt: [
        {
          content: [
            {
              output: {
                value: [
                  { type: 'text', text: 'seen' },
                  { type: 'file', mediaType: 'image/png', data: { type: 'data', data: 'AA' } },
                  { type: 'file', mediaType: 'application/pdf', data: { type: 'url' } },
                  { type: 'file', mediaType: 'image/png', data: { type: 'url', url: new URL('https://h/a.png') } },
                  { type: 'file', data: { type: 'reference', reference: { vendor: 'file_1' } } },
                ],
              },
            },
          ],
        },
      ],
    });
  });

  test('is told how much to think in the word that all vendors share', async () => {
    const { asked, calls } = model();
    await asked.doGenerate({ ...hi, reasoning: 'high' });
    expect(calls[0]).toMatchObject({ reasoning: 'high' });
    const third = model({ version: 'v3' });
    await third.asked.doGenerate({ ...hi, reasoning: 'high' });
    expect(third.calls[0]).not.toHaveProperty('reasoning');
  });

  test('has files and warnings in its answers', async () => {
    const { content, warnings } = await model({
      content: [
        { type: 'file', mediaType: 'image/png', data: { type: 'data', data: 'AA' } },
        { type: 'file', mediaType: 'image/png', data: { type: 'url', url: new URL('https://h/a.png') } },
        { type: 'custom', kind: 'vendor.compaction' },
      ],
      warnings: [{ type: 'deprecated', setting: 'topK', message: 'use another' }],
    }).asked.doGenerate(hi);
    expect(content).toEqual([
      { type: 'file', mediaType: 'image/png', data: 'AA' },
      { type: 'source', sourceType: 'url', id: 'https://h/a.png', url: 'https://h/a.png' },
    ]);
    expect(warnings).toEqual([
      { type: 'other', message: '"topK": use another' },
      { type: 'unsupported', feature: 'custom' },
    ]);
  });

  test('says which of its texts is the JSON that was asked for', async () => {
    const { content } = await model({
      content: [
        { type: 'text', text: 'A draft.' },
        { type: 'text', text: '{"a":1}' },
      ],
      structuredOutputText: '{"a":1}',
    }).asked.doGenerate(hi);
    expect(content).toEqual([{ type: 'text', text: '{"a":1}' }]);
  });

  test('pings without an effect, and streams files', async () => {
    expect(
      await chunks([
        { type: 'stream-start', warnings: [] },
        { type: 'ping' },
        { type: 'text-delta', id: '0', delta: 'a' },
        { type: 'file', mediaType: 'image/png', data: { type: 'data', data: 'AA' } },
        { type: 'reasoning-file', mediaType: 'image/png', data: { type: 'data', data: 'AA' } },
      ]),
    ).toEqual([
      { type: 'stream-start', warnings: [] },
      { type: 'raw' },
      { type: 'text-delta', id: '0', delta: 'a' },
      { type: 'file', mediaType: 'image/png', data: 'AA' },
      { type: 'raw' },
    ]);
  });
});
