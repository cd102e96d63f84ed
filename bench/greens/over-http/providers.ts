import type { Random } from '../../../lib/kit/clock.js';
import type { Behaviour } from '../../../lib/testing/behaviour.js';
import { answer, fail } from '../../../lib/testing/behaviours.js';
import type { FakeClock } from '../../../lib/testing/fake-clock.js';
import { FakeUpstream } from '../../../lib/testing/fake-upstream.js';
import type { Act, HttpAsk, HttpWorld } from './world.js';

/** Median of the time until an answer, milliseconds. */
const USUAL = 700;
const SPREAD = 0.4;
const OFFER = { models: ['gpt-4o'] };

const prose = answer('The parcel is on its way.');
const structured = answer('{"status":"on its way"}');
/** Usual troubles of both: one request in a hundred fails, every 200th is refused, and every 200th has no text. */
const TROUBLES: readonly (readonly [upTo: number, Behaviour])[] = [
  [0.01, fail(500)],
  [0.015, fail(400, 'invalid_value')],
  [0.02, answer({ words: [] })],
];

/** Blue and green on real sockets. Time passes while they answer; requests come one after the other. */
export class Providers {
  #ask: HttpAsk | undefined;
  #showedFault = false;
  #greenCalls = 0;

  private constructor(
    readonly blue: FakeUpstream,
    readonly green: FakeUpstream,
    private readonly world: HttpWorld,
    private readonly clock: FakeClock,
    private readonly random: Random,
  ) {
    blue.always((request, response) => this.#serve(undefined)(request, response));
    green.always((request, response) => {
      this.#greenCalls++;
      return this.#serve(this.#ask && world.fault?.(this.#ask, random))(request, response);
    });
  }

  static async start(world: HttpWorld, clock: FakeClock, random: Random): Promise<Providers> {
    const [blue, green] = await Promise.all([FakeUpstream.start(OFFER), FakeUpstream.start(OFFER)]);
    return new Providers(blue, green, world, clock, random);
  }

  /** The request that comes next. */
  expect(ask: HttpAsk): void {
    this.#ask = ask;
    this.#showedFault = false;
  }

  /** Whether the last answer to that request had green's fault in it: nobody has answered in its place. */
  get showedFault(): boolean {
    return this.#showedFault;
  }

  get greenCalls(): number {
    return this.#greenCalls;
  }

  async stop(): Promise<void> {
    await Promise.all([this.blue.stop(), this.green.stop()]);
  }

  #serve(fault: Act | undefined): Behaviour {
    const ask = this.#ask;
    this.#showedFault = fault !== undefined;
    const act = fault ?? (ask && this.world.both?.(ask, this.random)) ?? {};
    const luck = this.random();
    const trouble = TROUBLES.find(([upTo]) => luck < upTo)?.[1];
    const normal = Math.sqrt(-2 * Math.log(1 - this.random())) * Math.cos(2 * Math.PI * this.random());
    this.clock.advance(USUAL * Math.exp(SPREAD * normal) * (act.later ?? 1));
    return act.does ?? trouble ?? (ask?.structured ? structured : prose);
  }
}
