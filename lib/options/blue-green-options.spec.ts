import { expect, test } from '@jest/globals';
import type { z } from 'zod';
import type { rolloutSchema } from '../schedule/plan-schema.js';
import type { RolloutInput } from '../schedule/rollout-input.js';
import type { longForm, ManyRoutesOptions, OneRouteOptions, shortForm } from './blue-green-options.js';

/** Every key required at every depth: a key that only one of two types has then tells them apart. JSON has no end. */
type Whole<T> = T extends (...args: never[]) => unknown
  ? T
  : T extends object
    ? { [K in keyof T]-?: K extends 'parameters' ? true : Whole<Exclude<T[K], undefined>> }
    : T;
type Same<A, B> = [Whole<A>, Whole<B>] extends [Whole<B>, Whole<A>] ? true : false;

test('The documented types are those that the schemas accept, key by key (checked by the compiler)', () => {
  const same: [
    Same<OneRouteOptions, z.input<typeof shortForm>>,
    Same<ManyRoutesOptions, z.input<typeof longForm>>,
    Same<RolloutInput, z.input<typeof rolloutSchema>>,
  ] = [true, true, true];
  expect(same).not.toContain(false);
});
