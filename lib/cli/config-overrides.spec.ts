import { expect, test } from '@jest/globals';
import { overridden } from './config-overrides.js';

test('weights from the command line leave nothing to an environment that they do not name, whatever it is called', () => {
  const file = { routes: { chat: { environments: { blue: { weight: 50 }, constructor: { weight: 50 } } } } };
  expect(overridden(file, { weights: { blue: 100 } })).toEqual({
    routes: { chat: { environments: { blue: { weight: 100 }, constructor: { weight: 0 } } } },
  });
});

test('an interval from the command line changes the scheduler of the file, and does not turn it on', () => {
  expect(overridden({ scheduler: true }, { monitorInterval: '5s' })).toEqual({ scheduler: { monitorInterval: '5s' } });
  expect(overridden({ scheduler: false }, { monitorInterval: '5s' })).toEqual({ scheduler: false });
});
