import { expect, test } from '@jest/globals';
import { Telemetry } from 'nestjs-blue-green';
import { History, routeWith } from '../../test/support/history.js';
import { happened, observation } from '../../test/support/observations.js';
import { CircumstanceTracker } from './circumstance-tracker.js';

const { route } = History.rolling(routeWith({ blue: 100, green: 0 }));
const rollout = route.rollout!;

test('checks that cannot read a gate are counted by intervals: one that is made twice counts once', () => {
  const circumstances = new CircumstanceTracker(new Telemetry(60_000), 1_000, () => undefined);
  const unreadable = (now: number) => circumstances.of(route, rollout, now).unreadable;
  expect(unreadable(0)).toBe(0);
  for (let n = 0; n < 5; n++) circumstances.checked('chat', 'r1', false, 100);
  expect(unreadable(100)).toBe(1);
  circumstances.checked('chat', 'r1', false, 3_100);
  expect(unreadable(3_100)).toBe(4);
  circumstances.checked('chat', 'r1', true, 3_200);
  expect(unreadable(3_200)).toBe(0);
  circumstances.checked('chat', 'another', false, 0);
  expect(unreadable(9_000)).toBe(0);
});

test('the last request is that of the version on trial', () => {
  const telemetry = new Telemetry(60_000);
  const circumstances = new CircumstanceTracker(telemetry, 1_000, () => undefined);
  expect(circumstances.of(route, rollout, 0).lastVerdictAt).toBeUndefined();
  happened(telemetry, observation({ environment: 'green', version: 'green-1', at: 700 }));
  happened(telemetry, observation({ environment: 'blue', version: 'blue-1', at: 900 }));
  expect(circumstances.of(route, rollout, 1_000).lastVerdictAt).toBe(700);
});

test('mirrors are looked at in the shadow stage alone', () => {
  const shadow = { pairs: 1, compared: 1, failedAlone: 0, meanSimilarity: 1, belowThreshold: 0 };
  const circumstances = new CircumstanceTracker(new Telemetry(60_000), 1_000, () => shadow);
  expect(circumstances.of(route, rollout, 0).shadow).toBeUndefined();
  const phase = { name: 'Shadowing', since: 0 } as const;
  expect(circumstances.of(route, { ...rollout, phase }, 0).shadow).toBe(shadow);
});
