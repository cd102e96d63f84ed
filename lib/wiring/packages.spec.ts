import { expect, test } from '@jest/globals';
import { parseOptions } from '../options/parse-options.js';
import { OptionsError } from '../validation/validation-error.js';
import { withPackages } from './packages.js';

const upstreamsOf = (environment: object) =>
  parseOptions({ environments: { blue: { weight: 100, model: 'm', ...environment } } }).upstreams;

test('a package that is not installed is named, with what it is for and how to get it', async () => {
  const missing = Object.assign(new Error('Cannot find package'), { code: 'ERR_MODULE_NOT_FOUND' });
  const loading = withPackages(upstreamsOf({ provider: 'vertex' }), {
    '@ai-sdk/google-vertex': () => Promise.reject(missing),
  });
  await expect(loading).rejects.toThrow(OptionsError);
  await expect(loading).rejects.toMatchObject({
    code: 'invalid_options',
    problems: [
      {
        path: 'environments.blue.provider',
        value: 'vertex',
        message: 'needs @ai-sdk/google-vertex, which signs its calls',
        remedy: expect.stringContaining('npm install @ai-sdk/google-vertex'),
      },
    ],
  });
});

test.each([
  ['another provider', { provider: 'openai', apiKey: 'k' }],
  [
    'a key and an address of their endpoint for OpenAI’s format',
    { provider: 'vertex', apiKey: 'k', baseUrl: 'https://h' },
  ],
])('nothing is loaded for %s', async (_what, environment) => {
  const upstreams = upstreamsOf(environment);
  expect(await withPackages(upstreams, {})).toEqual(upstreams);
});
