import { describe, expect, test } from '@jest/globals';
import { anthropicMessages } from './dialects/anthropic-messages.js';
import { DIALECTS } from './dialects/dialects.js';
import { openAiChat } from './dialects/openai-chat.js';
import { endpointOf, modelsOf, type Provider } from './provider.js';
import { isProvider, PROVIDER_NAMES, providerOf } from './providers.js';

const both: Provider = { name: 'both', speaks: ['openai-chat', 'anthropic-messages'] };

describe('Where a provider speaks a format', () => {
  test('is the usual path of the format, with its own kind of key', () => {
    expect(endpointOf(both, openAiChat)).toEqual({ path: '/chat/completions', auth: 'bearer' });
    expect(endpointOf(both, anthropicMessages)).toEqual({ path: '/messages', auth: 'x-api-key' });
  });

  test('is what the provider says instead', () => {
    const own: Provider = { ...both, auth: 'api-key', paths: { 'anthropic-messages': '/claude/messages' } };
    expect(endpointOf(own, openAiChat)).toEqual({ path: '/chat/completions', auth: 'api-key' });
    expect(endpointOf(own, anthropicMessages)).toEqual({ path: '/claude/messages', auth: 'api-key' });
    expect(modelsOf(own)).toEqual({ path: '/models', auth: 'api-key' });
  });

  test('is nowhere when it does not speak it', () => {
    expect(endpointOf({ ...both, speaks: ['anthropic-messages'] }, openAiChat)).toBeUndefined();
  });

  test.each(DIALECTS)('is known for $name at a base URL of unknown origin', (dialect) => {
    expect(endpointOf(providerOf(undefined), dialect)).toEqual(dialect.endpoint);
  });
});

describe.each(PROVIDER_NAMES)('The data of %s', (name) => {
  const provider = providerOf(name);

  test('is found by its name, and says what it speaks', () => {
    expect(isProvider(name)).toBe(true);
    expect(provider.name).toBe(name);
    expect(provider.speaks.length).toBeGreaterThan(0);
    expect(new Set(provider.speaks).size).toBe(provider.speaks.length);
  });

  test('has an address that paths can be appended to', () => {
    if (provider.baseUrl === undefined) return;
    const { origin, pathname } = new URL(provider.baseUrl);
    expect(provider.baseUrl).toBe(pathname === '/' ? origin : origin + pathname);
    expect(provider.baseUrl).not.toMatch(/\/$/);
  });
});

test.each(['', 'nobody', 'constructor', '__proto__'])('"%s" is not a provider', (name) => {
  expect(isProvider(name)).toBe(false);
});
