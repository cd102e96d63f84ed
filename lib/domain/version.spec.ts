import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { anyText } from '../../test/support/any-text.js';
import { VERSION_TAG, tagOf } from './version.js';

describe('The tag of a version that was given none', () => {
  test('can be read back as the model', () => {
    expect(tagOf('openai/GPT_4o')).toBe('openai-gpt-4o');
    expect(tagOf('llama-3.1:8b')).toBe('llama-3.1-8b');
  });

  test('is a tag, whatever the model is called', () => {
    fc.assert(fc.property(anyText, (model) => VERSION_TAG.test(tagOf(model))));
  });
});
