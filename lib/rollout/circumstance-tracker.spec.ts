import { beforeEach, expect, test } from '@jest/globals';
import { Telemetry } from 'nestjs-blue-green';
import { FakeClock } from '../../test/support/fake-clock.js';
import { History, routeWith } from '../../test/support/history.js';
import { happened, observation } from '../../test/support/observations.js';
import { CircumstanceTracker } from './circumstance-tracker.js';

const { route } = History.rolling(routeWith({ blue: 100, green: 0 }));
const rollout = route.rollout!;
const shadow = { pairs: 1, compared: 1, failedAlone: 0, meanSimilarity: 1, belowThreshold: 0 };

let clock: FakeClock;
let telemetry: Telemetry;
let openAt: number | undefined;
let circumstances: CircumstanceTracker;
beforeEach(() => {
  [clock, telemetry, openAt] = [new FakeClock(0), new Telemetry(60_000), undefined];
  circumstances = new CircumstanceTracker({
    telemetry,
    interval: 1_000,
    shadowOf: () => shadow,
    openings: { lastAt: () => openAt },
    timer: { of: () => ({ elapsed: 10, sinceEntered: 5_000, age: 5_000 }) },
    clock,
  });
});
const now = () => circumstances.of(route, rollout, clock.now());

test('checks that cannot read a gate are counted by intervals: one that is made twice counts once', () => {
  expect(now().unreadable).toBe(0);
  clock.advance(100);
  for (let n = 0; n < 5; n++) circumstances.checked('chat', 'r1', false);
  expect(now().unreadable).toBe(1);
  clock.advance(3_000);
  clock.setWall(9e9);
  circumstances.checked('chat', 'r1', false);
  expect(now().unreadable).toBe(4);
  circumstances.checked('chat', 'r1', true);
  expect(now().unreadable).toBe(0);
  circumstances.checked('chat', 'another', false);
  clock.advance(9_000);
  expect(now().unreadable).toBe(0);
});

test('the last request is that of the version on trial, as long ago as it was seen; the stage at the latest', () => {
  expect(now().lastVerdictAt).toBe(-5_000);
  happened(telemetry, observation({ environment: 'green', version: 'green-1', at: 700 }));
  happened(telemetry, observation({ environment: 'blue', version: 'blue-1', at: 900 }));
  expect(now().lastVerdictAt).toBe(0);
  clock.advance(300);
  expect(now().lastVerdictAt).toBe(0);
  clock.setWall(1_000_000);
  expect(now().lastVerdictAt).toBe(999_700);
  clock.advance(60_000);
  expect(now().lastVerdictAt).toBe(1_055_000);
});

test('an open breaker is as long ago as it was seen, and forgotten with the stage', () => {
  expect(now().openAt).toBeUndefined();
  openAt = 123;
  expect(now().openAt).toBe(0);
  clock.advance(2_000);
  clock.setWall(50);
  expect(now().openAt).toBe(-1_950);
  clock.advance(4_000);
  expect(now().openAt).toBeUndefined();
});

test('mirrors are looked at in the shadow stage alone', () => {
  expect(now().shadow).toBeUndefined();
  const phase = { name: 'Shadowing', since: 0 } as const;
  expect(circumstances.of(route, { ...rollout, phase }, 0).shadow).toBe(shadow);
});
