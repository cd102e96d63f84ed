import { beforeEach, expect, test } from '@jest/globals';
import { FakeClock } from '../../test/support/fake-clock.js';
import { observation } from '../../test/support/observations.js';
import type { Outcome } from '../domain/outcome.js';
import { Outages, type OutageNotice } from './outages.js';

let clock: FakeClock;
let outages: Outages;
let told: string[];

beforeEach(() => {
  clock = new FakeClock();
  outages = new Outages((_, environment) => environment === 'blue', clock);
  told = [];
  outages.notices$.subscribe(({ kind, environment, failures, failure }: OutageNotice) => {
    told.push(`${kind} ${environment} ${failures} ${failure}`);
  });
});

function calls(count: number, outcome: Outcome, environment = 'blue'): void {
  for (let n = 0; n < count; n++) outages.see(observation({ environment, outcome }));
}

test('an environment that answers nobody for two seconds is told of once, and once that it answers again', () => {
  calls(3, 'ok');
  calls(40, 'server_error');
  expect(told).toEqual([]);
  clock.advance(2_000);
  calls(60, 'timeout');
  expect(told).toEqual(['begun blue 40 server_error']);
  calls(2, 'ok');
  expect(told).toEqual(['begun blue 40 server_error', 'over blue 100 timeout']);
  expect(clock.timers).toBe(0);
});

test.each<[string, () => void]>([
  ['a success between the failures', () => (calls(4, 'server_error'), calls(1, 'ok'), calls(4, 'server_error'))],
  ['a burst that is over within two seconds', () => (calls(50, 'network'), clock.advance(1_999), calls(1, 'ok'))],
  ['four failures in a row', () => calls(4, 'server_error')],
  [
    'refusals that are the caller’s fault, and calls that nobody was asked for',
    () => {
      calls(9, 'rejected');
      calls(9, 'client_abort');
      calls(9, 'circuit_open');
    },
  ],
  ['a canary that fails: its rollout tells of it', () => calls(50, 'server_error', 'green')],
])('%s: nothing is told', (_, happens) => {
  happens();
  clock.advance(120_000);
  expect(told).toEqual([]);
});

test('an environment that comes and goes is told of once a minute, and one that stays away when the minute is over', () => {
  for (let n = 0; n < 10; n++) {
    calls(5, 'server_error');
    clock.advance(2_000);
    calls(1, 'ok');
    clock.advance(1_000);
  }
  expect(told).toEqual(['begun blue 5 server_error', 'over blue 5 server_error']);
  calls(5, 'server_error');
  clock.advance(31_999);
  expect(told).toHaveLength(2);
  clock.advance(1);
  expect(told.slice(2)).toEqual(['begun blue 5 server_error']);
});

test('when another environment becomes the live one, its failures are counted from the start', () => {
  let live = 'blue';
  outages = new Outages((_, environment) => environment === live, clock);
  outages.notices$.subscribe(({ environment, failures }) => told.push(`${environment} ${failures}`));
  calls(20, 'server_error');
  live = 'green';
  calls(3, 'server_error', 'green');
  clock.advance(10_000);
  calls(2, 'server_error', 'green');
  expect(told).toEqual(['green 5']);
});

test('at the end no timer is left', () => {
  calls(5, 'server_error');
  outages.stop();
  expect(clock.timers).toBe(0);
});
