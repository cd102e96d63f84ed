import { expect, test } from '@jest/globals';
import { repeatsSecret } from './quoted-secret.js';
import type { UpstreamConfig } from './upstream-config.js';

const KEY = 'sk-ant-api03-Zk3vQ9xT/7mN+pL2wR8sY4bH6jD1gF5';
const config = {
  apiKey: KEY,
  headers: { 'x-short': 'yes', 'x-account': 'account-of-the-team' },
} as unknown as UpstreamConfig;
const quotes = (text: string) => repeatsSecret(Buffer.from(`{"error":{"message":"refused: ${text}"}}`), config);
const base64 = (text: string) => Buffer.from(text).toString('base64');

test.each([
  ['whole', KEY],
  ['but for its first third', KEY.slice(14)],
  ['but for its last third', KEY.slice(0, 30)],
  ['in the middle', `***${KEY.slice(9, 33)}***`],
  ['in base64', base64(KEY)],
  ['as part of a header in base64', base64(`Bearer ${KEY} and more`)],
  ['as part of a user in base64', base64(`me:${KEY}`)],
  ['in base64 for a URL', Buffer.from(`x${KEY}`).toString('base64url')],
  ['in hex', Buffer.from(KEY).toString('hex')],
  ['encoded for a URL', encodeURIComponent(KEY)],
  ['in place of another header', 'account-of-the-team'],
])('A key that is quoted %s is found', (_, text) => {
  expect(quotes(text)).toBe(true);
});

test.each([
  ['what begins every key of a provider', 'a key begins with sk-ant-api03-'],
  ['what providers show of it', `${KEY.slice(0, 8)}...${KEY.slice(-4)}`],
  ['a short header', 'yes'],
  ['other base64', base64('the model does not exist, or you may not use it')],
])('%s is not', (_, text) => {
  expect(quotes(text)).toBe(false);
});
