import { describe, expect, test } from '@jest/globals';
import { skeletonOf } from './skeleton.js';

const said = (content: unknown, more: object = {}) => ({ model: 'm', messages: [{ role: 'user', content }], ...more });

const turn = (content: string) => ({ role: 'user', content });

describe('The shape of a request', () => {
  test('has no word of a person, no name of theirs, and no data', () => {
    const body = said('My secret is 4711.', {
      user: 'ada@example.com',
      metadata: { ticket: 'T-1' },
      tools: [{ type: 'function', function: { name: 'secret_tool', parameters: { secret: 1 } } }],
      stop: ['secret'],
    });
    expect(JSON.stringify(skeletonOf(body))).not.toMatch(/secret|ada@|T-1|4711/);
  });

  test('has what formats and models tell apart', () => {
    const image = { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } };
    expect(skeletonOf(said([image], { n: 4, temperature: 1.7, top_p: 1, reasoning_effort: 'low' }))).toEqual({
      messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,AA==' } }] }],
      n: 2,
      temperature: 1.5,
      top_p: 1,
      reasoning_effort: 'low',
    });
  });

  test('is the same for conversations of any length', () => {
    const long = { messages: Array.from({ length: 40 }, (_, n) => turn(`text ${n}`)) };
    expect(skeletonOf(long)).toEqual(skeletonOf({ messages: [turn('one')] }));
  });
});
