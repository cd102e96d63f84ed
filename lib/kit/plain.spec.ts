import { expect, test } from '@jest/globals';
import { plain } from './plain.js';

test.each([
  ['a line break', 'a\r\nb'],
  ['an escape sequence', 'a\u001b\u009bb'],
  ['the line and paragraph separators', 'a\u2028\u2029b'],
  ['marks that turn the direction of what follows', 'a\u202e\u2066\u200f\u061cb'],
])('%s becomes a space', (_, text) => {
  expect(plain(text)).toBe('a b');
});

test('words of any language stay as they are', () => {
  const text = 'naïve, 東京, שלום, مرحبا, 🟢 👩‍🚀';
  expect(plain(text)).toBe(text);
});
