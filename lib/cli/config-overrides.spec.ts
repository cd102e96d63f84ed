import { expect, test } from '@jest/globals';
import { overridden } from './config-overrides.js';

test('weights from the command line leave nothing to an environment that they do not name, whatever it is called', () => {
  const file = { routes: { chat: { environments: { blue: { weight: 50 }, constructor: { weight: 50 } } } } };
  expect(overridden(file, { weights: { blue: 100 } })).toEqual({
    routes: { chat: { environments: { blue: { weight: 100 }, constructor: { weight: 0 } } } },
  });
});
