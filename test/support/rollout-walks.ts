import * as fc from 'fast-check';
import type { RolloutPlan } from 'nestjs-blue-green';
import type { Step } from '../../lib/domain/plan.js';
import { rollbackRoute } from '../../lib/domain/rollback-commands.js';
import { promoteRollout } from '../../lib/domain/rollout-commands.js';
import { approveStep, pauseRollout, resumeRollout } from '../../lib/domain/pause-commands.js';
import { gate } from './evidence.js';
import type { RolloutWorld, Ticked } from './rollout-world.js';

const MINUTE = 60_000;
const minutes = (most: number) => fc.integer({ min: 1, max: most }).map((n) => n * MINUTE);
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const inconclusive = maybe(fc.constantFrom('hold' as const, 'rollback' as const, 'advance' as const));
const OPEN_AT_EVEN_HOURS = [{ cron: '* 0-22/2 * * *', tz: 'UTC' }];

const step: fc.Arbitrary<Step> = fc
  .record({
    setWeight: fc.integer({ min: 1, max: 100 }),
    duration: minutes(30),
    extra: maybe(minutes(60)),
    onInconclusive: inconclusive,
    noTrafficGracePeriod: maybe(minutes(30)),
    noTrafficAction: maybe(fc.constantFrom('hold' as const, 'rollback' as const)),
    holdConditions: fc.record({
      minSampleSize: fc.record({ canary: fc.nat(20), baseline: fc.nat(20) }),
      requiresApproval: fc.boolean(),
      windows: maybe(fc.constant(OPEN_AT_EVEN_HOURS)),
    }),
  })
  .map(({ extra, ...rest }) => ({ ...rest, maxDuration: extra && rest.duration + extra }));

const plan: fc.Arbitrary<RolloutPlan> = fc.record({
  steps: fc.array(step, { minLength: 1, maxLength: 3 }),
  gates: fc.constant([
    gate({ max: 0.2, minSampleSize: 5 }),
    gate({ name: 'signal', max: 0.1, minSampleSize: 5, onFail: 'hold' }),
  ]),
  alphaTotal: fc.constant(0.05),
  consecutiveErrorLimit: fc.constant(4),
  fastTrip: fc.constant({ consecutiveFailures: 5 }),
  finalBakeTime: fc.constantFrom(0, 10 * MINUTE),
  warmUp: maybe(fc.constant({ requests: 10, maxFailures: 0, prompts: ['Hi'] })),
  shadow: maybe(
    fc.record({
      percentage: fc.constant(10),
      duration: minutes(10),
      maxDuration: maybe(fc.constant(20 * MINUTE)),
      onInconclusive: inconclusive,
      minPairs: fc.integer({ min: 1, max: 10 }),
      maxFailureRate: fc.constant(0.2),
    }),
  ),
});

export type Action = (world: RolloutWorld) => Ticked | undefined | void;

/** A stage as it should be: walks that meet nothing but trouble do not get far. */
const goodStage: Action = (world) => {
  world.endWarmUp(true);
  world.mirrors(10, 0);
  for (const on of ['canary', 'baseline'] as const) world.traffic(on, 30, 0);
  world.now += 30 * MINUTE;
  return world.tick();
};

const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 10, arbitrary: fc.constant(goodStage) },
  { weight: 6, arbitrary: fc.constant<Action>((world) => world.tick()) },
  {
    weight: 4,
    arbitrary: minutes(50).map(
      (ms): Action =>
        (world) =>
          void (world.now += ms),
    ),
  },
  {
    weight: 6,
    arbitrary: fc
      .tuple(
        fc.constantFrom('canary' as const, 'baseline' as const),
        fc.nat(30),
        fc.constantFrom(0, 0, 0, 0, 1, 1, 4, 6),
      )
      .map(
        ([on, ok, errors]): Action =>
          (world) =>
            world.traffic(on, ok, errors),
      ),
  },
  {
    weight: 1,
    arbitrary: fc.constant<Action>((world) => {
      for (const on of ['canary', 'baseline'] as const) world.traffic(on, 10, 20);
    }),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.nat(10), fc.constantFrom(0, 0, 0, 5)).map(
      ([well, failed]): Action =>
        (world) =>
          world.mirrors(well, failed),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom<Action>(
      (world) => world.endWarmUp(true),
      (world) => world.endWarmUp(true),
      (world) => world.endWarmUp(true),
      (world) => world.endWarmUp(true),
      (world) => world.endWarmUp(false),
    ),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom<Action>(
      (world) => world.command(pauseRollout('Manual')),
      (world) => world.command(resumeRollout),
      (world) => world.command(approveStep),
      (world) => world.command(approveStep),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Action>(
      (world) => world.changeVersion(),
      (world) => world.changeVersion(),
      (world) => world.changeVersion(),
      (world) => world.command(promoteRollout),
      (world) => world.command(rollbackRoute),
    ),
  },
);

/** A schedule, and what happens to its rollout. */
export const walks = fc.tuple(plan, fc.array(action, { minLength: 5, maxLength: 30, size: 'max' }));
