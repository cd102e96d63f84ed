/** Stands in for `@jest/globals` in the processes that run specs again and again without loading them again. */
import { ModuleMocker } from 'jest-mock';
import { afterAll, afterEach, beforeAll, beforeEach, describe, test } from './spec-tree.js';

export { expect } from 'expect';
export { afterAll, afterEach, beforeAll, beforeEach, describe, test };
export const jest = new ModuleMocker(globalThis);
