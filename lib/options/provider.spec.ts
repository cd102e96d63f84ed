import { describe, expect, test } from '@jest/globals';
import { OptionsError } from '../validation/validation-error.js';
import { untyped } from '../../test/support/options.js';
import type { EnvironmentOptions } from './environment-options.js';
import { parseOptions } from './parse-options.js';

/** The version and the upstream that one environment comes to. */
function parsed(environment: EnvironmentOptions) {
  const config = parseOptions({ environments: { blue: { ...environment, weight: 100 } } });
  const { version } = config.routes.get('default')!.definition.environments['blue']!;
  return { version, upstream: config.upstreams[0]! };
}

/** What is wrong with it, a line each. */
function problems(environment: Record<string, unknown>): string[] {
  try {
    parseOptions(untyped({ environments: { blue: { ...environment, weight: 100 } } }));
    return [];
  } catch (error) {
    if (!(error instanceof OptionsError)) throw error;
    return error.problems.map(({ path, message, remedy }) => `${path} ${message}. ${remedy}`);
  }
}

const apiKey = 'key';

describe('a provider', () => {
  test('stands in front of the model', () => {
    const { version, upstream } = parsed({ model: 'anthropic/claude-sonnet-4-5', apiKey });
    expect(version).toMatchObject({ model: 'claude-sonnet-4-5', tag: 'claude-sonnet-4-5' });
    expect(upstream).toMatchObject({ provider: 'anthropic', baseUrl: 'https://api.anthropic.com/v1' });
  });

  test("stands in front of a relay's model, which has a slash of its own", () => {
    const { version, upstream } = parsed({ model: 'openrouter/openai/gpt-4o', apiKey });
    expect(version.model).toBe('openai/gpt-4o');
    expect(upstream.provider).toBe('openrouter');
  });

  test('is named beside the model, which is left alone then', () => {
    const { version, upstream } = parsed({ provider: 'openrouter', model: 'openai/gpt-4o', apiKey });
    expect(version.model).toBe('openai/gpt-4o');
    expect(upstream.baseUrl).toBe('https://openrouter.ai/api/v1');
  });

  test('gives way with its base URL to that of the environment', () => {
    const { upstream } = parsed({ provider: 'openai', model: 'gpt-4o', baseUrl: 'https://proxy.example/v1/', apiKey });
    expect(upstream).toMatchObject({ provider: 'openai', baseUrl: 'https://proxy.example/v1' });
  });

  test('is nobody when only a base URL is given, whatever the model is called', () => {
    const { version, upstream } = parsed({ model: 'openai/gpt-4o', baseUrl: 'https://relay.example/v1', apiKey });
    expect(version.model).toBe('openai/gpt-4o');
    expect(upstream.provider).toBeUndefined();
  });

  test.each(['ollama', 'vllm', 'tgi', 'llama-cpp', 'lm-studio'] as const)('%s needs no key', (provider) => {
    expect(parsed({ provider, model: 'llama3' }).upstream.apiKey).toBe(false);
  });
});

describe('what is missing', () => {
  test('a provider that is not known is told with those that are', () => {
    for (const environment of [
      { model: 'acme/model-1', apiKey },
      { provider: 'acme', model: 'model-1', apiKey },
    ]) {
      const [problem, ...others] = problems(environment);
      expect(problem).toMatch(/Use one of: openai, anthropic, google, azure-openai, .*holysheep, ollama, vllm/);
      expect(others).toEqual([]);
    }
  });

  test('nobody to ask', () => {
    expect(problems({ model: 'gpt-4o', apiKey })).toEqual([
      expect.stringMatching(/^environments\.blue\.baseUrl is missing\. .*or name a provider\.$/),
    ]);
  });

  test('the address of a provider that has one for every customer', () => {
    expect(problems({ provider: 'azure-openai', model: 'gpt-4o', apiKey })).toEqual([
      expect.stringMatching(/baseUrl is missing\. Every customer of azure-openai has their own/),
    ]);
  });

  test('the key, for everybody but those who need none', () => {
    expect(problems({ model: 'mistral/mistral-large-latest' })).toEqual([
      expect.stringMatching(/^environments\.blue\.apiKey is missing/),
    ]);
  });
});

describe('what a model can do', () => {
  test('is told by its provider, and better by the environment', () => {
    const known = { supportsStreaming: true, supportsTools: true, assistantPrefill: false };
    expect(parsed({ model: 'openai/gpt-4o', apiKey }).version.capabilities).toEqual(known);
    const capabilities = { maxTokens: 128_000, supportsTools: false, assistantPrefill: true };
    expect(parsed({ model: 'openai/gpt-4o', apiKey, capabilities }).version.capabilities).toEqual({
      ...known,
      ...capabilities,
    });
  });

  test('is not known of a base URL alone', () => {
    const relay = { model: 'gpt-4o', baseUrl: 'https://relay.example/v1', apiKey };
    expect(parsed(relay).version.capabilities).toBeUndefined();
    expect(parsed({ ...relay, capabilities: { maxTokens: 8_000 } }).version.capabilities).toEqual({ maxTokens: 8_000 });
  });

  test.each([
    ['claude-3-5-sonnet-20241022', true],
    ['claude-sonnet-4-20250514', true],
    ['claude-opus-4-1', true],
    ['claude-haiku-4-5-20251001', true],
    ['claude-opus-4-6', false],
    ['claude-sonnet-4-6-20260201', false],
    ['claude-sonnet-5', false],
  ])('%s goes on with an answer that was begun: %s', (model, assistantPrefill) => {
    expect(parsed({ provider: 'anthropic', model, apiKey }).version.capabilities).toMatchObject({ assistantPrefill });
  });
});

describe('a version', () => {
  const base = { provider: 'openai' as const, model: 'gpt-4o', apiKey };

  test('is its model alone when nothing else is given', () => {
    const { capabilities: _capabilities, ...version } = parsed(base).version;
    expect(version).toEqual({ tag: 'gpt-4o', model: 'gpt-4o', upstream: 'default/blue' });
  });

  test('has parameters and a system prompt, in the mode that is meant when none is named', () => {
    const { version } = parsed({ ...base, parameters: { seed: 7 }, systemPrompt: 'Be brief.' });
    expect(version).toMatchObject({
      parameters: { values: { seed: 7 }, mode: 'default' },
      systemPrompt: { text: 'Be brief.', mode: 'replace' },
    });
    expect(version.tag).toMatch(/^gpt-4o-[0-9a-f]{8}$/);
  });

  test('keeps the tag that it was given', () => {
    expect(parsed({ ...base, version: 'brief-1', systemPrompt: 'Be brief.' }).version.tag).toBe('brief-1');
  });

  test('has no parameter that belongs to the request', () => {
    for (const name of ['model', 'messages', 'input', 'stream', 'system']) {
      expect(problems({ ...base, parameters: { [name]: 'x' } })).toEqual([
        expect.stringMatching(/^environments\.blue\.parameters has a field that is not a parameter\. Leave out /),
      ]);
    }
  });
});
