import { describe, expect, test } from '@jest/globals';
import { ByPlace } from './by-place.js';

const counted = (max: number) => {
  const forgotten: string[] = [];
  let made = 0;
  const places = new ByPlace(
    max,
    (route, environment, version) => ({ name: `${route} ${environment} ${version}`, made: ++made }),
    ({ name }) => forgotten.push(name),
  );
  return { places, forgotten };
};

describe('What is kept per version in its slot', () => {
  test('is made once for each', () => {
    const { places } = counted(10);
    const first = places.get('chat', 'blue', 'v1');
    expect(places.get('chat', 'blue', 'v1')).toBe(first);
    expect(places.get('chat', 'green', 'v1')).not.toBe(first);
    expect(places.get('chat', 'blue', 'v2')).not.toBe(first);
    expect(places.get('mail', 'blue', 'v1')).not.toBe(first);
  });

  test('is not made by looking whether it is there', () => {
    const { places } = counted(10);
    expect(places.peek('chat', 'blue', 'v1')).toBeUndefined();
    const made = places.get('chat', 'blue', 'v1');
    expect(places.peek('chat', 'blue', 'v1')).toBe(made);
  });

  test('beyond the bound is what was used last: the one that was idle longest is forgotten', () => {
    const { places, forgotten } = counted(3);
    for (const version of ['v1', 'v2', 'v3', 'v1']) places.get('chat', 'blue', version);
    places.get('mail', 'blue', 'v1');
    expect(forgotten).toEqual(['chat blue v2']);
    places.get('chat', 'blue', 'v4');
    expect(forgotten).toEqual(['chat blue v2', 'chat blue v3']);
    expect(places.peek('chat', 'blue', 'v1')).toBeDefined();
  });
});
