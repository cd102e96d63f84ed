import { expect, test } from '@jest/globals';
import { Trouble } from './trouble.js';

test('what lasts is told once, and once that it is over', () => {
  const trouble = new Trouble({ elapsed: () => 0 });
  expect([trouble.seen(), trouble.seen(), trouble.over(), trouble.over()]).toEqual([true, false, true, false]);
});

test('what comes and goes is told once a minute, and its end only to those who heard of it', () => {
  let now = 0;
  const trouble = new Trouble({ elapsed: () => now });
  const told: string[] = [];
  for (; now < 180_000; now += 1_000) {
    if (trouble.seen()) told.push(`begun at ${now / 1_000}`);
    now += 1_000;
    if (trouble.over()) told.push(`over at ${now / 1_000}`);
  }
  expect(told).toEqual(['begun at 0', 'over at 1', 'begun at 60', 'over at 61', 'begun at 120', 'over at 121']);
});
