import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { anyText } from '../../test/support/any-text.js';
import { murmur3 } from './hash.js';

/** The string whose UTF-16 code units are these bytes, low byte first. The published vectors are bytes. */
function fromBytes(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('utf16le');
}

const ascii = (text: string) => fromBytes(Buffer.from(text, 'latin1'));
const hex = (digits: string) => fromBytes(Buffer.from(digits, 'hex'));
const PARAGRAPH = 'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq';

describe('murmur3', () => {
  test.each([
    ['nothing, seed 0', '', 0, 0],
    ['nothing, seed 1', '', 1, 0x514e28b7],
    ['nothing, all bits of the seed set', '', 0xffffffff, 0x81f16f39],
    ['ff ff ff ff', hex('ffffffff'), 0, 0x76293b50],
    ['21 43 65 87', hex('21436587'), 0, 0xf55b516b],
    ['21 43 65 87, seeded', hex('21436587'), 0x5082edee, 0x2362f9de],
    ['21 43', hex('2143'), 0, 0xa0f7b07a],
    ['00 00 00 00', hex('00000000'), 0, 0x2362f9de],
    ['00 00', hex('0000'), 0, 0x30f4c306],
    ['aaaa', ascii('aaaa'), 0x9747b28c, 0x5a97808a],
    ['aa', ascii('aa'), 0x9747b28c, 0x5d211726],
    ['abcd', ascii('abcd'), 0x9747b28c, 0xf0478627],
    ['ab', ascii('ab'), 0x9747b28c, 0x74875592],
    ['test', ascii('test'), 0, 0xba6bd213],
    ['test, seeded', ascii('test'), 0x9747b28c, 0x704b81dc],
    ['eight times π in UTF-8', fromBytes(Buffer.from('π'.repeat(8), 'utf8')), 0x9747b28c, 0xd58063c1],
    ['256 times a', ascii('a'.repeat(256)), 0x9747b28c, 0x37405bdc],
    ['56 letters', ascii(PARAGRAPH), 0, 0xee925b90],
  ])('gives the published MurmurHash3_x86_32 value for %s', (_name, key, seed, expected) => {
    expect(murmur3(key, seed)).toBe(expected);
  });

  test('is a whole number from 0 to 2^32 − 1 for every key and seed', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 0, max: 2 ** 32 - 1 }), (key, seed) => {
        const hash = murmur3(key, seed);
        expect(hash).toBe(hash >>> 0);
      }),
    );
  });

  test('tells keys apart that differ in the high byte of one character only', () => {
    expect(murmur3('a', 0)).not.toBe(murmur3('š', 0));
  });
});
