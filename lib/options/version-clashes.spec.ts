import { describe, expect, test } from '@jest/globals';
import { environment } from '../../test/support/options.js';
import type { EnvironmentOptions } from './environment-options.js';
import { parseOptions } from './parse-options.js';

const parse = (blue: Partial<EnvironmentOptions>, green: Partial<EnvironmentOptions>) =>
  parseOptions({ environments: { blue: { ...environment(100), ...blue }, green: { ...environment(), ...green } } });

describe('A version tag of two environments of a route', () => {
  test.each<[string, Partial<EnvironmentOptions>, Partial<EnvironmentOptions>]>([
    ['models', { version: 'x', model: 'gpt-4o' }, { version: 'x', model: 'gpt-4.1' }],
    ['parameters', { version: 'x', parameters: { temperature: 0 } }, { version: 'x', parameters: { temperature: 1 } }],
    ['system prompts', { version: 'x', systemPrompt: 'Be brief.' }, { version: 'x' }],
    ['models, one of which has it for its name', { model: 'gpt-4o' }, { version: 'gpt-4o', model: 'gpt-4.1' }],
  ])('is refused for two different %s: their figures would be added up', (_what, blue, green) => {
    expect(() => parse(blue, green)).toThrow(
      /environments\.green\.version is the tag of "blue", which has .* \(found: "(x|gpt-4o)"\)\. Give "green" its own version tag/,
    );
  });

  test('is fine for one model at two addresses, in whatever order its parameters are written', () => {
    const [blue, green] = [
      { temperature: 0, seed: 1 },
      { seed: 1, temperature: 0 },
    ];
    expect(() =>
      parse(
        { version: 'x', parameters: blue },
        { version: 'x', parameters: green, baseUrl: 'https://other.example.com/v1', costLimitPerRequest: 1 },
      ),
    ).not.toThrow();
  });

  test('of two routes is the business of each', () => {
    const routes = {
      a: { environments: { blue: { ...environment(100), version: 'x', model: 'gpt-4o' } } },
      b: { environments: { blue: { ...environment(100), version: 'x', model: 'gpt-4.1' } } },
    };
    expect(() => parseOptions({ routes })).not.toThrow();
  });

  test('is said with the route', () => {
    const environments = {
      blue: { ...environment(100), version: 'x', model: 'gpt-4o' },
      green: { ...environment(), version: 'x', model: 'gpt-4.1' },
    };
    expect(() => parseOptions({ routes: { chat: { environments } } })).toThrow(
      'routes.chat.environments.green.version is the tag of "blue"',
    );
  });
});
