import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { Stamps } from './stamp.js';

const maker = { environment: 'green', version: 'gpt-4.1-mini', segment: 17 };
const stamps = new Stamps(['a-secret-of-the-tests']);

describe('a stamp', () => {
  test('gives back the value and its maker, whatever the value is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (value) => {
        expect(stamps.opened('chat', stamps.stamped('chat', maker, value))).toEqual({ value, maker });
      }),
    );
  });

  test('stands before the value, which has no dot of the stamp behind it', () => {
    expect(stamps.stamped('chat', maker, 'resp_1')).toMatch(/^bg1\.Z3JlZW4\.[\w-]+\.h\.[\w-]{16}\.resp_1$/);
  });

  test.each([
    ['another route', (text: string) => ['other', text]],
    ['another value', (text: string) => ['chat', `${text}2`]],
    ['another environment', (text: string) => ['chat', text.replace('Z3JlZW4', 'Ymx1ZQ')]],
    ['another segment', (text: string) => ['chat', text.replace('.h.', '.i.')]],
  ])('says nothing for %s', (_what, changed) => {
    const [route, text] = changed(stamps.stamped('chat', maker, 'resp_1'));
    expect(stamps.opened(route!, text!).maker).toBeUndefined();
    expect(stamps.opened(route!, text!).value).toMatch(/^resp_1/);
  });

  test('of an older secret is good while that one is accepted', () => {
    const text = stamps.stamped('chat', maker, 'resp_1');
    const rotated = new Stamps(['a-newer-secret-of-them', 'a-secret-of-the-tests']);
    expect(rotated.opened('chat', text).maker).toEqual(maker);
    expect(new Stamps(['a-newer-secret-of-them']).opened('chat', text).maker).toBeUndefined();
  });

  test.each(['resp_1', 'bg1.', 'bg1.a.b.c.d.e', 'sk-bg1.x'])('is not seen in %s', (text) => {
    expect(stamps.opened('chat', text)).toEqual({ value: text, maker: undefined });
  });
});
