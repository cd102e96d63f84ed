import { describe, expect, test } from '@jest/globals';
import { parseOptions } from '../../options/parse-options.js';
import { upstreamNamed } from './upstream-name.js';

const RELAY = 'https://relay.example/v1';

/** Routes as `{ chat: { blue: 'anthropic/claude-…', green: { model, … } } }`, blue live. */
function declared(routes: Record<string, Record<string, string | { model: string; [option: string]: unknown }>>) {
  const filled = Object.entries(routes).map(([alias, environments]) => {
    const all = Object.entries(environments).map(([name, given]) => {
      const options = typeof given === 'string' ? { model: given } : given;
      return [name, { apiKey: 'provider-key', weight: name === 'blue' ? 100 : 0, ...options }];
    });
    return [alias, { environments: Object.fromEntries(all) }];
  });
  return parseOptions({ routes: Object.fromEntries(filled) });
}
const behindRelay = (model: string, more: object = {}) => ({ model, baseUrl: RELAY, ...more });

const object = (modelId: string) => ({
  languageModel: {
    specificationVersion: 'v3',
    provider: 'openai.chat',
    modelId,
    doGenerate: fetch,
    doStream: fetch,
  },
  apiKey: undefined,
  model: undefined as never,
});

describe('An upstream_endpoint', () => {
  const mixed = declared({ chat: { blue: 'openai/gpt-4.1', green: 'anthropic/claude-sonnet-4-5' } });

  test.each([
    ['left out', undefined, undefined],
    ['the id of an upstream', 'chat/green', 'chat/green'],
    ['the provider that one has as its preset', 'anthropic', 'chat/green'],
    ['the base URL of one', 'https://api.openai.com/v1/', 'chat/blue'],
  ])('that is %s', (_, named, upstream) => {
    expect(upstreamNamed(mixed, named)).toBe(upstream);
  });

  test('is the provider at whose address an upstream is', () => {
    const config = declared({
      chat: { blue: 'openai/gpt-4.1', green: { model: 'claude-x', baseUrl: 'https://api.anthropic.com/v1' } },
    });
    expect(upstreamNamed(config, 'anthropic')).toBe('chat/green');
  });

  test('is one of several model objects of a provider by its id alone', () => {
    const config = declared({ chat: { blue: object('gpt-4o'), green: object('gpt-4.1') } });
    expect(upstreamNamed(config, 'chat/green')).toBe('chat/green');
    expect(() => upstreamNamed(config, 'openai')).toThrow(/means 2 upstreams that differ/);
  });

  test('is the provider of the models that one relay is asked for', () => {
    const config = declared({
      chat: { blue: behindRelay('openai/gpt-4.1'), green: 'mistral/mistral-large' },
      code: { blue: { ...behindRelay('anthropic/claude-sonnet-4-5'), apiKey: 'another' } },
    });
    expect(upstreamNamed(config, 'anthropic')).toBe('code/blue');
    expect(upstreamNamed(config, 'mistral')).toBe('chat/green');
  });

  test('of several at the only address there is means the own upstream of whatever slot', () => {
    const model = 'anthropic/claude-sonnet-4-5';
    const config = declared({ code: { blue: behindRelay(model), green: behindRelay(model, { apiKey: 'another' }) } });
    expect(upstreamNamed(config, 'anthropic')).toBeUndefined();
    expect(upstreamNamed(config, RELAY)).toBeUndefined();
  });

  test('of several that send the same calls to the same place means the first', () => {
    const config = declared({
      chat: { blue: 'openai/gpt-4.1', green: 'anthropic/claude-haiku-4-5' },
      code: { blue: 'anthropic/claude-sonnet-4-5' },
    });
    expect(upstreamNamed(config, 'anthropic')).toBe('chat/green');
  });

  test('of several with different keys is refused, with their ids', () => {
    const config = declared({
      chat: { blue: 'openai/gpt-4.1', green: 'anthropic/claude-haiku-4-5' },
      code: { blue: { model: 'anthropic/claude-sonnet-4-5', apiKey: 'another' } },
    });
    expect(() => upstreamNamed(config, 'anthropic')).toThrow(
      /means 2 upstreams that differ \(found: "anthropic"\). Use one of: chat\/green, code\/blue;/,
    );
  });

  test.each(['mistral', 'anthropics', 'constructor', 'http://evil.example'])(
    'that nobody has is refused: %s',
    (name) => {
      expect(() => upstreamNamed(mixed, name)).toThrow(
        `is not an upstream of the options (found: "${name}"). Use one of: chat/blue (openai), chat/green (anthropic);`,
      );
    },
  );

  test('is quoted without the user and the query of an address', () => {
    expect(() => upstreamNamed(mixed, 'https://me:secret@evil.example/v1?key=k')).toThrow(
      '(found: "https://…@evil.example/v1?…")',
    );
  });
});
