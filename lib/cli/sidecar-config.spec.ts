import { describe, expect, test } from '@jest/globals';
import { readEnvironment } from './config-file.js';
import { sidecarConfig } from './sidecar-config.js';

const BASE = { RELAY_BASE_URL: 'http://relay/v1', BLUE_MODEL: 'gpt-4', BLUE_GREEN_KEY: 'a-key-of-the-sidecar' };

const read = (more: Record<string, string>) => {
  const env = { ...BASE, ...more };
  return readEnvironment(sidecarConfig(env), env);
};

const environmentsWith = (env: Record<string, string>) => {
  const { options } = read(env);
  const { blue, green } = options.routes['default']!.environments;
  return { blue: blue!.apiKey, green: green!.apiKey, models: [blue!.model, green!.model] };
};

const withKey = (key: string) => read({ RELAY_API_KEY: 'k', BLUE_GREEN_KEY: key });

describe('A sidecar', () => {
  test.each([
    ['HOLYSHEEP_BLUE_KEY', 'HOLYSHEEP_GREEN_KEY'],
    ['BLUE_API_KEY', 'GREEN_API_KEY'],
  ])('has a key for each upstream in %s and %s', (blue, green) => {
    const keys = { [blue]: 'key-of-blue', [green]: 'key-of-green' };
    expect(environmentsWith(keys)).toMatchObject({ blue: 'key-of-blue', green: 'key-of-green' });
    expect(environmentsWith({ ...keys, RELAY_API_KEY: 'shared' })).toMatchObject({ blue: 'key-of-blue' });
  });

  test('may have one for both, or one for both but green', () => {
    expect(environmentsWith({ RELAY_API_KEY: 'shared' })).toMatchObject({ blue: 'shared', green: 'shared' });
    const own = environmentsWith({ RELAY_API_KEY: 'shared', GREEN_API_KEY: 'key-of-green' });
    expect(own).toMatchObject({ blue: 'shared', green: 'key-of-green' });
  });

  test("gives green blue's model unless it has its own", () => {
    expect(environmentsWith({ RELAY_API_KEY: 'k' }).models).toEqual(['gpt-4', 'gpt-4']);
    expect(environmentsWith({ RELAY_API_KEY: 'k', GREEN_MODEL: 'gpt-4.1' }).models).toEqual(['gpt-4', 'gpt-4.1']);
  });

  test('without BLUE_GREEN_KEY has no keys, as a file without them', () => {
    expect(withKey('').options.keys).toBeUndefined();
    expect(withKey('a-key-of-the-sidecar').options.keys).toMatchObject([{ name: 'sidecar' }]);
  });

  test.each([
    [
      { BLUE_GREEN_KEY: 'short' },
      'BLUE_GREEN_KEY needs at least 16 characters (found: a value that is not shown here).',
    ],
    [{ RELAY_BASE_URL: 'relay/v1' }, 'RELAY_BASE_URL is not an http(s) URL (found: "relay/v1").'],
    [{ DASHBOARD: 'yes' }, 'DASHBOARD is not what is expected here (found: "yes").'],
    [{ HOLYSHEEP_GREEN_KEY: 'a key\n' }, 'HOLYSHEEP_GREEN_KEY has a character that cannot be sent in a header'],
  ])('with %j names the variable, and no line of a file that is not there', (env, problem) => {
    const reading = () => read({ RELAY_API_KEY: 'k', ...env });
    expect(reading).toThrow(`1. ${problem}`);
    expect(reading).not.toThrow(/line \d/);
  });

  test.each([
    [{}, 'BLUE_API_KEY, GREEN_API_KEY'],
    [{ HOLYSHEEP_BLUE_KEY: 'k' }, 'lacks GREEN_API_KEY'],
    [{ RELAY_API_KEY: 'k', RELAY_BASE_URL: '', BLUE_MODEL: '' }, 'lacks RELAY_BASE_URL, BLUE_MODEL.'],
  ])('with %j says what is missing', (env, missing) => {
    expect(() => sidecarConfig({ ...BASE, ...env })).toThrow(missing);
  });
});
