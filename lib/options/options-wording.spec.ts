import { inspect } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { environment, pair, untyped } from '../../test/support/options.js';
import { OptionsError } from '../validation/validation-error.js';
import { parseOptions } from './parse-options.js';

function errorOf(options: object): OptionsError {
  try {
    parseOptions(untyped({ environments: pair, ...options }));
  } catch (error) {
    if (error instanceof OptionsError) return error;
    throw error;
  }
  throw new Error('These options were accepted.');
}

describe('Wrong options', () => {
  test.each([
    [{ breaker: 5 }, 'breaker is not what is expected here (found: 5). Use true, false or an object.'],
    [{ breaker: { threshold: 7 } }, 'breaker.threshold is too big (found: 7). Use less than 1.'],
    [{ breaker: { treshold: 0.5 } }, 'breaker.treshold is not an option (found: 0.5). Did you mean threshold?'],
    [{ retry: { attempts: '3' } }, 'retry.attempts has the wrong type (found: "3"). Use a value of type number'],
    [
      { streamRecovery: 'on' },
      'streamRecovery is not one of the known values (found: "on"). Use one of: error, continue.',
    ],
    [
      { enviroments: {} },
      'enviroments is not an option (found: an object). Did you mean environments? Otherwise remove it.',
    ],
    [{ gateway: true }, 'gateway belongs beside useFactory, not into its result (found: true). Move it there'],
    [
      { routes: { chat: { environments: pair } } },
      'environments cannot stand beside routes (found: an object). Use alias and environments for one route',
    ],
    [
      { rollout: { steps: 'slow' } },
      'rollout.steps is not what is expected here (found: "slow"). Use a list, standard, conservative or an object.',
    ],
    [
      { rollout: { gates: [{ kind: 'errorRate' }] } },
      'rollout.gates.0.max needs one of the two: "max" (a limit) or "tolerance" (against the live environment) (found: nothing).',
    ],
    [
      { environments: { Blue: environment(100) } },
      'environments.Blue cannot be an environment name (found: an object). Use at most 32 lower-case letters',
    ],
    [
      { rollout: { steps: [{ setweight: 50, duration: '1h' }] } },
      'rollout.steps.0.setWeight is missing (found: nothing). Set it.',
    ],
    [
      { rollout: { steps: [{ setWeight: 50, duration: '1h', holdConditions: { requireApproval: true } }] } },
      'rollout.steps.0.holdConditions.requireApproval is not an option (found: true). Did you mean requiresApproval?',
    ],
    [
      {
        rollout: {
          steps: [
            { setWeight: 50, duration: 1 },
            { setWeight: 10, duration: 1 },
          ],
        },
      },
      'rollout.steps.1.setWeight is below the 50% of the step before (found: 10). Let the weights rise, or stay.',
    ],
    [
      { rollout: { steps: [{ setWeight: 5, duration: 1, holdConditions: { windows: [{ cron: '@daily' }] } }] } },
      'rollout.steps.0.holdConditions.windows.0 is a moment, not a window',
    ],
    [{ scheduler: { monitorInterval: 0 } }, 'scheduler.monitorInterval is too small (found: 0). Use at least 100.'],
    [{ telemetry: { window: 1 } }, 'telemetry.window is too small (found: 1). Use at least 1000.'],
    [{ alias: '' }, 'alias is empty (found: ""). Set it, or leave it out.'],
    [
      { rollout: { gates: [{ kind: 'errors' }] } },
      'rollout.gates.0.kind is not what is expected here (found: "errors"). Use one of: errorRate, latency',
    ],
    [
      { environments: { blue: environment(100, { systemPrompt: { text: 5 } }) } },
      'environments.blue.systemPrompt.text has the wrong type (found: 5).',
    ],
  ])('%j is told in plain words', (options, line) => {
    expect(errorOf(options).message).toContain(`  1. ${line}`);
  });

  test('are listed once when the error is logged', () => {
    expect(inspect(errorOf({ active: 'red' })).split('"red"')).toHaveLength(2);
  });
});
