import { expect, test } from '@jest/globals';
import { failureOfModel } from './model-errors.js';

const withStatus = (status: number) => Object.assign(new Error('invalid_grant'), { response: { status } });

test.each<[string, Error, string]>([
  ['a token that is refused', withStatus(400), 'auth'],
  ['an exchange of tokens that is down', withStatus(503), 'server_error'],
  ['credentials that are nowhere', new Error('Could not load the default credentials. Browse to …'), 'auth'],
  ['a signature without a key', new Error('AWS SigV4 authentication requires AWS credentials.'), 'auth'],
  [
    'a prompt about credentials',
    Object.assign(new Error('credentials'), { name: 'AI_InvalidPromptError' }),
    'unsupported',
  ],
  ['a closed connection', Object.assign(new Error('closed'), { code: 'ECONNRESET' }), 'network'],
])('%s', (_what, error, failure) => {
  expect(failureOfModel(error)).toMatchObject({ failure });
});
