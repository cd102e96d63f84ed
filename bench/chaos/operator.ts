import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../../lib/kit/clock.js';
import type { Member } from './member.js';
import type { Command } from './messages.js';
import { CHAT, METERED } from './options.js';
import type { Place } from './world.js';

const PAUSE_MS = 700;
/** A rollout that gets nowhere is taken back after so long, milliseconds. */
const PATIENCE_MS = 25_000;
const BAD_SHARE = 0.4;

/** Starts rollouts again and again, of good and of bad environments, and interferes with them as people do. */
export class Operator {
  #commands = 0;
  readonly #since = new Map<string, number>();

  constructor(
    private readonly name: string,
    private readonly members: readonly Member[],
    private readonly places: ReadonlyMap<string, Place>,
    private readonly random: Random,
  ) {}

  async work(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await sleep(PAUSE_MS * 2 * this.random());
      const up = this.members.filter(({ view }) => view !== undefined);
      const member = up[Math.floor(this.random() * up.length)];
      if (!member) continue;
      const route = this.random() < 0.7 ? CHAT : METERED;
      const command = this.#next(route, member);
      // A member that stands still answers late: nobody waits for it.
      if (command) void this.#give(route, command, member, up);
    }
  }

  async #give(route: string, command: Command, member: Member, up: readonly Member[]): Promise<void> {
    const others = up.filter((other) => other !== member);
    const rival = this.random() < 0.15 ? others[Math.floor(this.random() * others.length)] : undefined;
    await Promise.all([member.command(route, command), rival?.command(route, rivalOf(command))]);
  }

  #next(route: string, { view }: Member): Command | undefined {
    const reason = `${this.name} ${++this.#commands}`;
    const chance = this.random();
    const canary = view?.trials[route];
    if (canary === undefined) {
      this.#since.delete(route);
      for (const place of this.places.values()) place.bad.delete(`${this.name} ${route}`);
      if (chance < 0.15) return { kind: 'weights', green: Math.round(this.random() * 100_000) / 1_000, reason };
      if (chance < 0.2) return { kind: 'rollback', reason };
      this.#prepare(route, view?.routes.find(({ alias }) => alias === route)?.active.environment);
      return { kind: 'start', reason };
    }
    const now = performance.now();
    const since = this.#since.get(route) ?? now;
    this.#since.set(route, since);
    if (now - since > PATIENCE_MS) return { kind: 'rollback', reason };
    if (chance < 0.06) return { kind: 'rollback', reason };
    if (chance < 0.12) return { kind: 'pause', reason };
    if (chance < 0.2) return { kind: 'resume', reason };
    if (chance < 0.24) return { kind: 'promote', reason };
    return undefined;
  }

  /** Whether the environment that is going to be tried is bad is decided before. */
  #prepare(route: string, active: string | undefined): void {
    const place = this.places.get(active === 'green' ? 'blue' : 'green');
    if (this.random() < BAD_SHARE) place?.bad.set(`${this.name} ${route}`, 0.3 + 0.7 * this.random());
  }
}

/** The same from somebody else at the same time; other weights, so that there is something to do for both. */
function rivalOf(command: Command): Command {
  const reason = `${command.reason} again`;
  return command.kind === 'weights' ? { ...command, reason, green: (command.green + 7) % 100 } : { ...command, reason };
}
