import { describe, expect, test } from '@jest/globals';
import { History, routeWith } from '../../test/support/history.js';
import { RouteTable } from '../routing/route-table.js';
import { Admission } from './admission.js';

const { slots } = RouteTable.from(new History(routeWith({ blue: 100, green: 0 })).state).get('chat');
const green = slots.find(({ environment }) => environment === 'green');

function stage(delay = 0) {
  return new Admission({ concurrency: 2, maxEventLoopDelay: 100 }, () => delay);
}

describe('A mirror is', () => {
  test('sent while there is room and the process keeps up', () => {
    const admission = stage(100);
    expect(admission.admits(green, 'blue', 1)).toBe(true);
    expect(Object.values(admission.shed).every((count) => count === 0)).toBe(true);
  });

  test.each([
    ['concurrency', () => stage(), green, 'blue', 2],
    ['load', () => stage(101), green, 'blue', 0],
    ['no_target', () => stage(), undefined, 'blue', 0],
    ['same_environment', () => stage(), green, 'green', 0],
  ] as const)('shed for %s, and counted as such', (reason, admissionOf, target, environment, open) => {
    const admission = admissionOf();
    expect(admission.admits(target, environment, open)).toBe(false);
    expect(admission.shed[reason]).toBe(1);
  });
});
