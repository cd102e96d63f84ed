import { Registry } from 'prom-client';
import { ShadowService } from 'nestjs-blue-green';
import { controlOptions } from './control.js';
import { answer, fail } from './fake-provider.js';
import { readAll, REQUEST, Sending } from './sending.js';

/** Cost of a request that blue answers: 100 tokens in, 10 out, at 1 and 2 dollars a million. */
export const BLUE_COST = 0.00012;

/**
 * An app in which every metric has something to say: a rollout at the first of its two steps, paused by a person, with
 * gates; requests on both sides, streams, a retry, a fallback; a budget; mirrors.
 */
export async function metricsWorld(): Promise<Sending> {
  const sending = await Sending.start({
    options: {
      keys: controlOptions.keys,
      prometheus: { registry: new Registry() },
      budget: { perMonthUsd: 10 },
      shadow: { percentage: 100, maxEventLoopDelay: '1h' },
      rollout: {
        steps: [
          { setWeight: 50, duration: '10m' },
          { setWeight: 100, duration: '10m' },
        ],
        gates: [
          { name: 'errors', kind: 'errorRate', max: 0.5, minSampleSize: 2 },
          { name: 'slow', kind: 'latency', quantile: 0.95, max: '2s', minSampleSize: 2 },
          { name: 'worse', kind: 'errorRate', tolerance: 0.25 },
        ],
      },
    },
  });
  const { router, rollouts, green } = sending;
  await rollouts.start('chat', { actor: 'ada@example.com', reason: 'a secret reason' });
  for (let n = 0; n < 20; n++) {
    const options = { key: `user-${n}` };
    if (n % 4 === 0) await readAll(router.stream('chat', REQUEST, options));
    else await router.complete('chat', REQUEST, options);
  }
  // What is mirrored next would get the answers that are meant for callers.
  while (sending.app.get(ShadowService).shadowReport('chat').open > 0) await new Promise(setImmediate);
  green.next(fail(401));
  await router.complete('chat', REQUEST, { environment: 'green' });
  green.always(answer());
  await rollouts.pause('chat', { actor: 'ada@example.com' });
  return sending;
}
