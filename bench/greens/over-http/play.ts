import { Agent } from 'node:http';
import type { INestApplication } from '@nestjs/common';
import { FakeClock } from '../../../lib/testing/fake-clock.js';
import { FakeUpstream } from '../../../lib/testing/fake-upstream.js';
import { blueGreen, startApp } from '../../../test/support/app.js';
import { CanaryScheduler } from '../../../lib/rollout/canary-scheduler.js';
import { RolloutService } from '../../../lib/rollout/rollout.service.js';
import { seededRandom } from '../../../test/support/seeded-random.js';
import { urlOf } from '../../../test/support/stage.js';
import type { End } from '../play.js';
import { Client } from './client.js';
import { Providers } from './providers.js';
import type { HttpAsk, HttpWorld } from './world.js';

const KEY = 'gateway-key-of-the-bench';
const USERS = 3_000;
const TENANTS = 10;
/** Milliseconds between an answer and the next request: less than one request in two seconds. */
const BETWEEN = 1_500;
const TICK = 60_000;
/** Requests before the rollout, and the most of one: then it is held. */
const BEFORE = 150;
const MOST = 6_000;

function environment({ baseUrl }: FakeUpstream, version: string) {
  return { model: 'gpt-4o', version, baseUrl, apiKey: 'sk-upstream' };
}

/** Plays one rollout of the plan that nobody wrote: a real app, real sockets; only time is made. */
export async function playOverHttp(world: HttpWorld, seed: number): Promise<End> {
  const clock = FakeClock.running();
  const random = seededRandom(seed);
  const providers = await Providers.start(world, clock, random);
  const { blue, green } = providers;
  const environments = { blue: { ...environment(blue, 'v1'), weight: 100 }, green: environment(green, 'v2') };
  const module = blueGreen({
    routes: { chat: { environments } },
    keys: [{ name: 'bench', key: KEY }],
    retry: { baseDelay: 1 },
    gateway: true,
  });
  const app = await startApp({ adapter: 'fastify', module, clock, random: seededRandom(seed + 1) });
  const agent = new Agent({ keepAlive: true });
  try {
    const client = new Client(`${urlOf(app)}/v1/chat/completions`, KEY, agent);
    return await new HttpPlay(world, random, clock, providers, client, app).run(seed);
  } finally {
    agent.destroy();
    await app.close();
    await providers.stop();
  }
}

class HttpPlay {
  #begun = 0;
  #harmed = 0;
  #exposed = 0;

  constructor(
    private readonly world: HttpWorld,
    private readonly random: () => number,
    private readonly clock: FakeClock,
    private readonly providers: Providers,
    private readonly client: Client,
    private readonly app: INestApplication,
  ) {}

  async run(seed: number): Promise<End> {
    const rollouts = this.app.get(RolloutService);
    const checks = this.app.get(CanaryScheduler);
    const phase = () => rollouts.route('chat').rollout?.phase.name;
    this.#begun = this.clock.elapsed();
    for (let n = 0; n < BEFORE; n++) await this.#ask(false);
    await rollouts.start('chat', { actor: 'bench', seed: `bench-${seed}` });
    this.#begun = this.clock.elapsed();
    let ticked = this.#begun;
    for (let n = 0; n < MOST; n++) {
      if (phase() === 'Succeeded' || phase() === 'RolledBack') break;
      await this.#ask(rollouts.route('chat').weights['green'] !== 100);
      if (this.clock.elapsed() - ticked < TICK) continue;
      ticked = this.clock.elapsed();
      await checks.tickRoute('chat');
    }
    const ended = phase() === 'Succeeded' ? 'promoted' : phase() === 'RolledBack' ? 'reverted' : 'held';
    return { ended, harmed: this.#harmed, exposed: this.#exposed, canaryRequests: this.providers.greenCalls };
  }

  async #ask(isBeforeLast: boolean): Promise<void> {
    const { random, clock, providers, world } = this;
    const user = random() < (world.heavy ?? 0) ? 0 : 1 + Math.floor(random() * (USERS - 1));
    const streamed = random() < 0.5;
    const structured = random() < 1 / 3;
    const [lot, tenant] = [random(), user % TENANTS];
    for (let sent = 0; sent <= (world.resends ?? 0); sent++) {
      const ask: HttpAsk = { at: clock.elapsed() - this.#begun, user, tenant, streamed, structured, lot };
      providers.expect(ask);
      const status = await this.client.send(ask);
      if (providers.showedFault) {
        this.#harmed++;
        if (isBeforeLast) this.#exposed++;
      }
      clock.advance(BETWEEN);
      if (status < 429) return;
    }
  }
}
