import type { RolloutInput, RolloutStatus } from 'nestjs-blue-green';
import { filter, firstValueFrom } from 'rxjs';
import { CanaryScheduler } from '../../lib/rollout/canary-scheduler.js';
import { REQUEST, Sending } from './sending.js';

const MINUTE = 60_000;

/** An app whose rollouts have two steps, 50 and 100 percent for ten minutes each, without gates. */
export class Staged {
  private constructor(readonly sending: Sending) {}

  static async start(rollout: RolloutInput): Promise<Staged> {
    const steps = [
      { setWeight: 50, duration: 10 * MINUTE, holdConditions: { minSampleSize: { canary: 3, baseline: 3 } } },
      { setWeight: 100, duration: 10 * MINUTE, holdConditions: { minSampleSize: { canary: 3, baseline: 0 } } },
    ];
    const options = {
      rollout: { steps, gates: [], finalBakeTime: '10m', ...rollout },
      shadow: { maxEventLoopDelay: '1h' },
    };
    return new Staged(await Sending.start({ options }));
  }

  get rollouts() {
    return this.sending.rollouts;
  }

  get status(): RolloutStatus {
    return this.rollouts.status('chat').rollout!;
  }

  get weight(): number | undefined {
    return this.rollouts.status('chat').weights['green'];
  }

  tick(): Promise<void> {
    return this.sending.app.get(CanaryScheduler, { strict: false }).tick();
  }

  async after(minutes: number): Promise<void> {
    this.sending.clock.advance(minutes * MINUTE);
    await this.tick();
  }

  event(type: string): Promise<unknown> {
    return firstValueFrom(this.rollouts.events$.pipe(filter((entry) => entry.type === type)));
  }

  /** Calls whose keys fall on both sides of any split. */
  async traffic(count = 20): Promise<void> {
    for (let n = 0; n < count; n++) await this.sending.router.complete('chat', REQUEST, { key: `user-${n}` });
  }
}
