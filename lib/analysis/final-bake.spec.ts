import { describe, expect, test } from '@jest/globals';
import { evidenceOf, plan, rollout, rolloutEvidenceOf, step } from '../../test/support/evidence.js';
import type { Step } from '../domain/plan.js';
import { decide } from './decide.js';

const MINUTE = 60_000;
const ALL_ON_GREEN = { blue: 0, green: 100 };

/** Ten minutes of a bake behind a last step that had conditions of its own. */
function decided(last: Partial<Step>, now: number, requests = 100) {
  const steps = [step(5), { ...step(100), ...last }];
  const subject = rollout({
    phase: { name: 'Baking', since: 0 },
    plan: plan({ steps, finalBakeTime: 10 * MINUTE }),
  });
  return decide(subject, ALL_ON_GREEN, rolloutEvidenceOf(evidenceOf({ ok: requests }), evidenceOf({})), now, {});
}

describe('the final bake', () => {
  test('lasts as long as it is told to, not as long as the last step', () => {
    expect(decided({ duration: MINUTE }, 10 * MINUTE - 1).action).toBe('hold');
    expect(decided({ duration: 60 * MINUTE }, 10 * MINUTE)).toMatchObject({
      action: 'advance',
      reason: 'the final bake is over and every gate passes',
    });
  });

  test('may take as long as it needs to come to a conclusion, whatever the last step did then', () => {
    expect(decided({ maxDuration: 2 * MINUTE, onInconclusive: 'rollback' }, 60 * MINUTE, 3).action).toBe('hold');
  });

  test('waits for no window and asks nobody: all of the traffic is there already', () => {
    const { minSampleSize } = step(100).holdConditions;
    const never = [{ cron: '0 0 30 2 *', tz: 'UTC' }];
    const holdConditions = { minSampleSize, requiresApproval: true, windows: never };
    expect(decided({ holdConditions }, 10 * MINUTE).action).toBe('advance');
  });
});
