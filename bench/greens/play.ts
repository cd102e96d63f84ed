import type { Decider, Seen } from './decider.js';
import type { Ask, Random, Reply, World } from './world.js';

/** The standard schedule: its last step has all of the traffic, and the final bake is as long as a step. */
export const SHARES = [0.05, 0.25, 0.5, 1, 1];
const MINUTE = 60_000;
const TICK = 30_000;
const TENANTS = 10;
const TWO_POW_32 = 2 ** 32;

/** The end of a rollout for one decider. */
export interface End {
  readonly ended: 'promoted' | 'reverted' | 'held';
  /** Callers who saw the fault. */
  readonly harmed: number;
  /** Those of them before the canary had all of the traffic. */
  readonly exposed: number;
  /** Requests that the canary has had. */
  readonly canaryRequests: number;
}

/**
 * Plays one rollout before deciders that walk the same schedule; each leaves when it reverts.
 *
 * @param patience a schedule that takes this many times as long as planned is left: it holds.
 */
export function play(world: World, deciders: readonly Decider[], random: Random, patience = 3): End[] {
  return new Play(world, deciders, random, patience).run();
}

class Play {
  readonly #ends: (End | undefined)[];
  readonly #units: Float64Array;
  /** The arm that last served a user: 0 the live one. */
  readonly #served: Uint8Array;
  readonly #ask: Ask = {
    at: 0,
    user: -1,
    tenant: 0,
    language: 0,
    streamed: false,
    tools: false,
    structured: false,
    long: false,
    poisoned: false,
    mistaken: false,
    cold: false,
    share: 0,
    canaryRequests: 0,
  };
  readonly #reply: Reply = { ending: 'ok', latency: 0, firstToken: 0, cost: 0, harmed: false };
  readonly #other: Reply = { ending: 'ok', latency: 0, firstToken: 0, cost: 0, harmed: false };
  readonly #seen: Seen = {
    ask: this.#ask,
    reply: this.#reply,
    isCanary: false,
    unit: -1,
    liveTakes: false,
    clock: 0,
  };
  #harmed = 0;
  #exposed = 0;

  constructor(
    private readonly world: World,
    private readonly deciders: readonly Decider[],
    private readonly random: Random,
    private readonly patience: number,
  ) {
    this.#ends = deciders.map(() => undefined);
    this.#units = Float64Array.from({ length: world.users }, () => Math.floor(random() * TWO_POW_32));
    this.#served = new Uint8Array(world.users);
  }

  run(): End[] {
    const { world, deciders } = this;
    const length = world.stepMinutes * MINUTE;
    const [pausedFrom, pausedTo] = world.pause ?? [Infinity, Infinity];
    const losses = [...(world.losses ?? [])];
    const last = length * SHARES.length * this.patience + (world.pause ? pausedTo - pausedFrom : 0);
    let at = 0;
    for (const [segment, share] of SHARES.entries()) {
      this.#ask.share = share;
      if (share !== SHARES[segment - 1]) for (const decider of deciders) decider.begin(share, segment);
      const since = at;
      for (;;) {
        const end = at + TICK;
        this.#traffic(at, end);
        at = end;
        if (losses.length > 0 && at >= losses[0]!) {
          losses.shift();
          for (const decider of deciders) decider.lose();
        }
        this.#each((decider) => decider.tick(end));
        if (this.#ends.every(Boolean)) return this.#finished('held');
        if (at > last) return this.#finished('held');
        const paused = Math.max(0, Math.min(at, pausedTo) - Math.max(since, pausedFrom));
        if (at - since - paused < length || (at >= pausedFrom && at < pausedTo)) continue;
        if (deciders.every((decider, n) => this.#ends[n] !== undefined || decider.mayAdvance(end))) break;
      }
    }
    return this.#finished('promoted');
  }

  #finished(ended: End['ended']): End[] {
    return this.#ends.map((end) => end ?? this.#end(ended));
  }

  #end(ended: End['ended']): End {
    return { ended, harmed: this.#harmed, exposed: this.#exposed, canaryRequests: this.#ask.canaryRequests };
  }

  #each(act: (decider: Decider) => boolean): void {
    for (let n = 0; n < this.deciders.length; n++) {
      if (this.#ends[n] === undefined && act(this.deciders[n]!)) this.#ends[n] = this.#end('reverted');
    }
  }

  #traffic(from: number, to: number): void {
    const { world, random } = this;
    let at = from;
    for (;;) {
      at += (-Math.log(1 - random()) / Math.max(world.rate(at), 1e-9)) * 1_000;
      if (at >= to) return;
      this.#draw(at);
      for (let sent = 0; sent <= (world.resends ?? 0); sent++) if (!this.#send()) break;
    }
  }

  #draw(at: number): void {
    const { world, random } = this;
    const ask = this.#ask;
    const user = random() < world.keyless ? -1 : Math.floor(random() ** world.skew * world.users);
    const traits = Math.floor(random() * TWO_POW_32);
    ask.at = at;
    ask.user = user;
    ask.tenant = user < 0 ? traits % TENANTS : user % TENANTS;
    ask.language = user < 0 ? (traits >>> 4) % TENANTS : (user >> 4) % TENANTS;
    // Two fifths are streams, three tenths have tools, two fifths want JSON, an eighth is long.
    ask.streamed = (traits & 0xff) < 102;
    ask.tools = ((traits >>> 8) & 0xff) < 77;
    ask.structured = ((traits >>> 16) & 0xff) < 102;
    ask.long = traits >>> 24 < 32;
    ask.poisoned = world.poisoned?.(user, at) ?? false;
    ask.mistaken = world.mistaken !== undefined && random() < world.mistaken;
    this.#seen.unit = user < 0 ? -1 : this.#units[user]!;
    this.#seen.clock = at + (world.clockError?.(at, traits & 1) ?? 0);
  }

  /** Whether the request failed. */
  #send(): boolean {
    const { world, random } = this;
    const [ask, reply, seen] = [this.#ask, this.#reply, this.#seen];
    // A request without a key that is sent again is split again.
    seen.isCanary = (seen.unit < 0 ? random() : seen.unit / TWO_POW_32) < ask.share;
    const arm = seen.isCanary ? 1 : 0;
    ask.cold = ask.user >= 0 && this.#served[ask.user] !== arm;
    if (ask.user >= 0) this.#served[ask.user] = arm;
    (arm ? world.green : world.blue)(ask, reply, random);
    const hasFailed = reply.ending !== 'ok';
    seen.liveTakes = false;
    if (arm && hasFailed) {
      world.blue(ask, this.#other, random);
      seen.liveTakes = this.#other.ending === 'ok' || this.#other.ending === 'wrong';
    }
    if (arm) ask.canaryRequests++;
    if (arm && reply.harmed) {
      this.#harmed++;
      if (ask.share < 1) this.#exposed++;
    }
    for (let n = 0; n < this.deciders.length; n++) {
      if (this.#ends[n] === undefined && this.deciders[n]!.request(seen)) this.#ends[n] = this.#end('reverted');
    }
    return hasFailed;
  }
}
