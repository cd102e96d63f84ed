import { expect, test } from '@jest/globals';
import { FakeClock } from '../../test/support/fake-clock.js';
import { Figures } from './figures.js';
import { Openings } from './openings.js';

const HOUR = 3_600_000;

test('The last opening of a breaker is known to the second, per version', () => {
  const clock = new FakeClock();
  const openings = new Openings(new Figures(), clock);
  expect(openings.lastAt('chat', 'green', 'v2')).toBeUndefined();
  for (let n = 0; n < 200; n++) {
    openings.note('chat', 'green', 'v2');
    clock.advance(1_500);
  }
  const last = clock.now() - 1_500;
  expect(openings.lastAt('chat', 'green', 'v2')).toBeGreaterThanOrEqual(last);
  expect(openings.lastAt('chat', 'green', 'v2')).toBeLessThanOrEqual(last + 1_000);
  expect(openings.lastAt('chat', 'green', 'v3')).toBeUndefined();
});

test('A clock that was ahead hides no later opening', () => {
  const clock = new FakeClock();
  const openings = new Openings(new Figures(), clock);
  const now = clock.now();
  clock.setWall(now + 2 * HOUR);
  openings.note('chat', 'green', 'v2');
  clock.setWall(now);
  openings.note('chat', 'green', 'v2');
  expect(openings.lastAt('chat', 'green', 'v2')).toBeLessThanOrEqual(now + 1_000);
});

test('Another replica learns of it, by the clock that they share', () => {
  const [here, there] = [new Figures(), new Figures()];
  const clock = new FakeClock();
  here.clockOffset = HOUR;
  new Openings(here, clock).note('chat', 'green', 'v2');
  for (const [key, tally] of here.take(10)) there.learn(key, tally);
  there.clockOffset = 0;
  const last = new Openings(there, clock).lastAt('chat', 'green', 'v2')!;
  expect(last - HOUR).toBeLessThanOrEqual(clock.now() + 1_000);
  expect(last - HOUR).toBeGreaterThanOrEqual(clock.now());
});
