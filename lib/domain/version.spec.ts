import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { anyText } from '../../test/support/any-text.js';
import { isExpectedModel, isModel, tagOf, versionId, VERSION_TAG } from './version.js';

const values = { temperature: 0, seed: 7 };
const parameters = { values, mode: 'default' as const };
const systemPrompt = { text: 'Be brief.', mode: 'replace' as const };

describe('a tag', () => {
  test("is made of the model's name", () => {
    expect(tagOf('openai/GPT_4o')).toBe('openai-gpt-4o');
    expect(tagOf('llama-3.1:8b')).toBe('llama-3.1-8b');
  });

  test('tells two configurations of one model apart', () => {
    const tags = [
      tagOf('gpt-4o'),
      tagOf('gpt-4o', { parameters }),
      tagOf('gpt-4o', { parameters: { values, mode: 'override' } }),
      tagOf('gpt-4o', { systemPrompt }),
      tagOf('gpt-4o', { systemPrompt: { ...systemPrompt, mode: 'prepend' } }),
      tagOf('gpt-4o', { parameters, systemPrompt }),
    ];
    expect(new Set(tags).size).toBe(tags.length);
  });

  test('is the same for the same configuration, however its keys are ordered', () => {
    const turned = { mode: 'default' as const, values: { seed: 7, temperature: 0 } };
    expect(tagOf('gpt-4o', { parameters: turned })).toBe(tagOf('gpt-4o', { parameters }));
  });

  test('does not change from release to release: it is in journals', () => {
    expect(tagOf('gpt-4o', { parameters, systemPrompt })).toBe('gpt-4o-6dcada0e');
  });

  test('is cut off where it would be too long, and is never empty', () => {
    expect(tagOf('x'.repeat(70))).toBe('x'.repeat(64));
    expect(tagOf('x'.repeat(70), { parameters })).toMatch(/^x{55}-[0-9a-f]{8}$/);
    expect(tagOf('')).toBe('default');
  });

  test.each(['', 'x'.repeat(65), 'V1', 'a b', 'a_b', 'v1\n', ' v1'])('is not %j', (tag) => {
    expect(tag).not.toMatch(VERSION_TAG);
  });

  test('is always a version tag', () => {
    fc.assert(
      fc.property(anyText, fc.option(anyText, { nil: undefined }), (model, text) => {
        const settings = text === undefined ? {} : { systemPrompt: { text, mode: 'replace' as const } };
        expect(tagOf(model, settings)).toMatch(VERSION_TAG);
      }),
    );
  });
});

test('the id of a version is made of all that it is, metadata too, and does not change from release to release', () => {
  const version = { tag: 'v1', model: 'gpt-4o' };
  const id = versionId(version, { stop: [1, null] });
  expect(id).toBe('ver_70cf700d698bb0c0');
  expect(versionId({ ...version, model: 'other' }, { stop: [1, null] })).not.toBe(id);
  expect(versionId(version, { stop: [null, 1] })).not.toBe(id);
});

describe('the model that answers', () => {
  test.each([
    ['gpt-4o', 'gpt-4o'],
    ['gpt-4o-2024-08-06', 'gpt-4o'],
    ['gpt-4-0613', 'gpt-4'],
    ['claude-sonnet-4-5-20250929', 'claude-sonnet-4-5'],
    ['gemini-2.0-flash-001', 'gemini-2.0-flash'],
    ['models/gemini-2.0-flash', 'gemini-2.0-flash'],
    ['gpt-4o-2024-08-06', 'openai/gpt-4o'],
    ['claude-3-5-sonnet-20241022', 'claude-3-5-sonnet-latest'],
    ['Meta-Llama/Llama-3.3-70B', 'meta-llama/Llama-3.3-70B'],
  ])('%s is %s', (answered, configured) => {
    expect(isModel(answered, configured)).toBe(true);
  });

  test.each([
    ['gpt-4o-mini', 'gpt-4o'],
    ['gpt-4o-mini-2024-07-18', 'gpt-4o'],
    ['claude-sonnet-4-5-20250929', 'claude-sonnet-4'],
    ['gpt-4o', 'gpt-4o-2024-08-06'],
    ['gpt-4o-2024-11-20', 'gpt-4o-2024-08-06'],
    ['', 'gpt-4o'],
    ['gpt-4o-12', 'gpt-4o'],
    ['o3', 'p3'],
    ['gpt-mini', 'gpt-latest-mini'],
    ['gpt-4o-mini-001', 'gpt-4o'],
  ])('%s is not %s', (answered, configured) => {
    expect(isModel(answered, configured)).toBe(false);
  });

  test('goes by its model where none is pinned', () => {
    const version = { tag: 'v1', model: 'gpt-4o', upstream: 'chat/blue' };
    expect(isExpectedModel(version, 'gpt-4o-2024-08-06')).toBe(true);
    expect(isExpectedModel(version, 'gpt-4o-mini')).toBe(false);
  });

  test('that is pinned bears exactly that name', () => {
    const version = { tag: 'v1', model: 'our-deployment', upstream: 'chat/blue', pinnedModel: 'gpt-4o-2024-08-06' };
    expect(isExpectedModel(version, 'gpt-4o-2024-08-06')).toBe(true);
    expect(isExpectedModel(version, 'our-deployment')).toBe(false);
    expect(isExpectedModel({ ...version, pinnedModel: 'gpt-4o' }, 'gpt-4o-2024-08-06')).toBe(false);
  });
});
