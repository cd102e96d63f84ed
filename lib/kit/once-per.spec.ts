import { expect, test } from '@jest/globals';
import { OncePer } from './once-per.js';

test('A value is worked out once for each pair, also when there is nothing to find', () => {
  const [a, b, x, y] = [{}, {}, {}, {}];
  const asked: unknown[] = [];
  const found = new OncePer((first: object, second: object) => {
    asked.push([first, second]);
    return first === a && second === x ? 'ax' : undefined;
  });
  const all = () => [found.of(a, x), found.of(a, y), found.of(b, x), found.of(b, y)];
  expect(all()).toEqual(['ax', undefined, undefined, undefined]);
  expect(all()).toEqual(['ax', undefined, undefined, undefined]);
  expect(asked).toHaveLength(4);
});
