import { validateHeaderValue } from 'node:http';
import { expect, test } from '@jest/globals';
import { anyText } from '../../test/support/any-text.js';
import { fuzz } from '../../test/support/fuzz.js';
import { headerValue } from './header-value.js';

test.each([
  ['prompt-7', 'prompt-7'],
  ['prompt → 2', 'prompt %E2%86%92 2'],
  ['a\r\nset-cookie: b', 'a%0D%0Aset-cookie: b'],
  ['über', '%C3%BCber'],
  ['\ud83d', '%EF%BF%BD'],
  ['👍', '%F0%9F%91%8D'],
])('%j goes out as %s', (text, sent) => {
  expect(headerValue(text)).toBe(sent);
});

fuzz('any text becomes a value that Node sends', anyText, (text) => {
  expect(() => validateHeaderValue('x', headerValue(text))).not.toThrow();
});
