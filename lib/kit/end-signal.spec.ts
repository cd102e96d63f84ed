import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { EndSignal } from './end-signal.js';

describe('The end', () => {
  test('is told once to each that still listens', () => {
    const signal = new EndSignal();
    const told: string[] = [];
    const leave = signal.listen(() => told.push('left before'));
    signal.listen(() => told.push('listens'));
    leave();
    expect(signal.ended).toBe(false);
    signal.end();
    signal.end();
    expect({ told, ended: signal.ended }).toEqual({ told: ['listens'], ended: true });
  });

  test('is told to nobody whom another listener has taken away', () => {
    const signal = new EndSignal();
    const told: string[] = [];
    const leaves: (() => void)[] = [];
    for (const name of ['a', 'b']) {
      leaves.push(
        signal.listen(() => {
          told.push(name);
          for (const leave of leaves) leave();
        }),
      );
    }
    signal.end();
    expect(told).toHaveLength(1);
  });

  test('finds whoever is left, in whatever order the others come and go', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(9), { maxLength: 60 }), (steps) => {
        const signal = new EndSignal();
        const told = new Set<number>();
        const leaves = new Map<number, () => void>();
        for (const step of steps) {
          const leave = leaves.get(step);
          leave?.();
          leave?.();
          if (leave) leaves.delete(step);
          else
            leaves.set(
              step,
              signal.listen(() => told.add(step)),
            );
        }
        signal.end();
        expect(told).toEqual(new Set(leaves.keys()));
      }),
    );
  });
});
