import { setTimeout as sleep } from 'node:timers/promises';
import { readyConnection } from '../../test/support/redis-ready.js';
import { machineTime } from '../replicas/messages.js';
import type { Member } from './member.js';
import type { FaultName, PlannedFault } from './scenario.js';
import { FAIR } from './weather.js';
import type { Place, Post, World } from './world.js';

const MAX_LATE_MS = 1_500;
const MAX_DELAY_MS = 400;
/** How long a connection that is dead without a word may go unnoticed, milliseconds. */
const UNNOTICED_MS = 4_000;
const TRY_AGAIN_MS = 300;
/** How long before Redis is emptied a call may have set money aside, and until when all replicas say what they knew. */
const RESERVED_MS = 10_000;
const TOLD_MS = 6_000;
const JUMPS_MS = [-3_600_000, -90_000, -5_000, 5_000, 90_000, 3_600_000];

/** Carries faults out, and takes them back. One at a time each: whom one has hit is not hit by another like it. */
export class Mayhem {
  readonly counts = new Map<FaultName, number>();
  readonly #hit = new Set<unknown>();

  constructor(private readonly world: World) {}

  /** Resolves when it is over. */
  async inflict(fault: PlannedFault): Promise<void> {
    const { places, posts, loner } = this.world;
    const post = posts[Math.floor(fault.whom * posts.length)]!;
    const place = [...places.values()][Math.floor(fault.whom * places.size)]!;
    const member = [...posts.map((one) => one.member), loner][Math.floor(fault.whom * (posts.length + 1))]!;
    switch (fault.name) {
      case 'replica killed':
      case 'replica frozen':
        return this.#alone(member, fault, () => this.#onMember(member, fault));
      case 'clock jump':
        return this.#alone(`clock of ${member.name}`, fault, () => this.#jump(member, fault));
      case 'redis killed':
      case 'redis frozen':
      case 'redis paused':
      case 'redis failover':
      case 'redis refuses':
      case 'evidence evicted':
      case 'scripts flushed':
        return this.#alone(this.world.redis, fault, () => this.#onRedis(fault));
      case 'redis emptied':
        return this.#emptied(fault);
      case 'another app':
        return this.#alone('another app', fault, () => this.#intrude());
      case 'redis slow':
      case 'redis cut':
      case 'redis silent':
      case 'redis deaf':
        return this.#alone(post.link, fault, () => this.#onLink(post, fault));
      case 'provider bad':
      case 'provider slow':
      case 'provider cut':
        return this.#alone(place, fault, () => this.#onProvider(place, fault));
      case 'disk full':
        return this.#alone(this.world.disk, fault, async () => {
          const back = this.world.single.isAway(loner.name);
          await this.world.disk.fill(loner.pid);
          await sleep(fault.lasts);
          await this.world.disk.free(loner.pid);
          back();
        });
    }
  }

  async #alone(whom: unknown, { name }: PlannedFault, run: () => Promise<void>): Promise<void> {
    if (this.#hit.has(whom)) return;
    this.#hit.add(whom);
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
    await run();
    this.#hit.delete(whom);
  }

  async #onMember(member: Member, { name, lasts, howHard }: PlannedFault): Promise<void> {
    if (name === 'replica killed') {
      await member.kill();
      await sleep(lasts);
      await startUntilUp(member, howHard < 0.3 ? jumpOf(howHard / 0.3) : 0);
      member.setClock(0);
      return;
    }
    const back = this.#recorderOf(member).isAway(member.name, true);
    member.signal('SIGSTOP');
    await sleep(lasts);
    member.signal('SIGCONT');
    back();
  }

  async #jump(member: Member, { lasts, howHard }: PlannedFault): Promise<void> {
    member.setClock(jumpOf(howHard));
    await sleep(lasts);
    member.setClock(0);
  }

  async #onRedis({ name, lasts, howHard }: PlannedFault): Promise<void> {
    const { redis, posts } = this.world;
    if (name === 'scripts flushed') {
      await this.#sayToRedis('SCRIPT', 'FLUSH');
      return;
    }
    if (name === 'evidence evicted') {
      await redis.evict();
      return;
    }
    const back = this.#allAway();
    if (name === 'redis failover') {
      await redis.failOver();
      for (const { link } of posts) link.moveTo(redis.port);
    } else if (name === 'redis refuses') {
      await redis.refuse(howHard < 0.5 ? 'NOREPLICAS' : 'OOM', lasts);
    } else if (name === 'redis killed') {
      await redis.kill();
      await sleep(lasts);
      await redis.restart();
    } else if (name === 'redis frozen') {
      redis.suspend();
      await sleep(lasts);
      redis.resume();
    } else {
      await this.#sayToRedis('CLIENT', 'PAUSE', Math.round(lasts), 'ALL');
      await sleep(lasts);
    }
    back();
  }

  /** Redis loses everything, and a copy is restored. A replica that began meanwhile would begin another history. */
  async #emptied(fault: PlannedFault): Promise<void> {
    const { posts, redis, fleet } = this.world;
    const members = posts.map(({ member }) => member);
    if (members.some((member) => this.#hit.has(member))) return;
    await this.#alone(redis, fault, async () => {
      for (const member of members) this.#hit.add(member);
      const back = this.#allAway();
      const from = machineTime() - RESERVED_MS;
      await redis.empty();
      await sleep(fault.lasts);
      await redis.restore();
      back();
      for (const member of members) this.#hit.delete(member);
      fleet.emptied.push({ from, to: machineTime() + TOLD_MS });
    });
  }

  /** Another app tries to start on the journal of the fleet. */
  async #intrude(): Promise<void> {
    const [at, intruder] = [machineTime(), this.world.intruder()];
    const hasStarted = await intruder.start();
    this.world.fleet.intruders.push({ at, hasStarted });
    await intruder.kill();
  }

  /** All replicas of the fleet, until the returned function is called. */
  #allAway(): () => void {
    const { posts, fleet } = this.world;
    const back = posts.map(({ member }) => fleet.isAway(member.name));
    return () => {
      for (const end of back) end();
    };
  }

  async #sayToRedis(command: string, ...args: readonly (string | number)[]): Promise<void> {
    const connection = await readyConnection(this.world.redis.url);
    await connection.send(command, ...args);
    await connection.close();
  }

  async #onLink({ member, link }: Post, { name, lasts, howHard }: PlannedFault): Promise<void> {
    const back = this.world.fleet.isAway(member.name);
    if (name === 'redis deaf') link.deafen((['all', 'oldest', 'newest'] as const)[Math.floor(howHard * 3)]);
    else if (name === 'redis slow') link.slow(MAX_DELAY_MS * howHard);
    else if (name === 'redis cut') link.cut();
    else link.silence();
    await sleep(name === 'redis deaf' ? UNNOTICED_MS : lasts);
    // Silence ends with a reset as often as with what was kept back.
    if (name === 'redis silent' && howHard < 0.5) link.drop();
    link.open();
    back();
  }

  async #onProvider(place: Place, { name, lasts, howHard }: PlannedFault): Promise<void> {
    if (name === 'provider cut') place.link.cut();
    else if (name === 'provider bad') place.weather = { failing: 0.1 + 0.9 * howHard, slow: 0 };
    else place.weather = { ...FAIR, slow: MAX_LATE_MS * howHard };
    await sleep(lasts);
    place.link.open();
    place.weather = FAIR;
    place.provider.forget();
  }

  #recorderOf(member: Member) {
    return member === this.world.loner ? this.world.single : this.world.fleet;
  }
}

/** A replica that finds no journal does not start: it is started again, as whatever runs it would do. */
export async function startUntilUp(member: Member, clockOffset = 0): Promise<void> {
  while (!(await member.start(clockOffset))) await sleep(TRY_AGAIN_MS);
}

function jumpOf(howHard: number): number {
  return JUMPS_MS[Math.floor(howHard * JUMPS_MS.length)]!;
}
