import { Module, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { ScheduleModule } from '@nestjs/schedule';
import { BlueGreenModule, RolloutService } from 'nestjs-blue-green';
import { Organizations } from './organizations.js';
import { TALKERS, type Talk } from './talkers.js';

const KEY = 'conversations-benchmark-key';
const TURNS = 6;
const AT_ONCE = 24;

type Format = 'anthropic-messages' | 'openai-responses';

export interface Settings {
  readonly conversations: number;
  readonly replicas: number;
  /** The journal that they share. Without one there can be a single replica. */
  readonly redis?: string;
  /** Whether what only its maker can read is stamped. */
  readonly stamped: boolean;
  /** The formats of blue and green, for callers of any; by default each is asked as it is called. */
  readonly formats?: readonly [blue: Format, green: Format];
}

export interface Outcome {
  readonly conversations: number;
  readonly turns: number;
  /** Requests that a vendor refused with 400. */
  readonly refused: number;
  /** Conversations that ended in an error, or whose answers did not know what was said before. */
  readonly broken: number;
  /** Answers by each environment, and why conversations broke. */
  readonly answered: Readonly<Record<string, number>>;
  readonly reasons: Readonly<Record<string, number>>;
}

@Module({})
class BenchModule {}

/**
 * Conversations that begin one after the other and go on side by side, each turn at another replica, while green goes
 * from 5% to 50% and to all of the traffic, and is rolled back.
 */
export async function converse(settings: Settings): Promise<Outcome> {
  const { conversations, replicas } = settings;
  const organizations = await Organizations.start();
  const apps = await Promise.all(Array.from({ length: replicas }, () => replica(organizations.baseUrl, settings)));
  const origins = await Promise.all(apps.map((app) => app.getUrl()));
  const rollouts = apps[0]!.get(RolloutService);
  try {
    // Another vendor's format has no reference to a response that a vendor keeps under an id.
    const talkers = settings.formats ? TALKERS.filter(({ isKept }) => !isKept) : TALKERS;
    const reasons = new Map<string, number>();
    const talks = Array.from({ length: conversations }, (_, n) => talkers[n % talkers.length]!.begin(KEY));
    const rest = new Map<Talk, Promise<boolean>>(talks.map((talk) => [talk, Promise.resolve(true)]));
    const jobs = schedule(conversations);
    const shifts = shiftsOf(rollouts, jobs.length);
    await inPool(jobs, async ({ conversation, turn }, at) => {
      const talk = talks[conversation]!;
      const before = rest.get(talk)!;
      const take = async (): Promise<boolean> => {
        await shifts(at);
        return (await before) && oneTurn(talk, turn, origins, conversation, reasons);
      };
      const done = take();
      rest.set(talk, done);
      await done;
    });
    const whole = await Promise.all(rest.values());
    return {
      conversations,
      turns: jobs.length,
      refused: organizations.refusals,
      broken: whole.filter((is) => !is).length,
      answered: Object.fromEntries(organizations.answered),
      reasons: Object.fromEntries([...organizations.refused, ...reasons]),
    };
  } finally {
    await Promise.all(apps.map((app) => app.close()));
    await organizations.stop();
  }
}

async function oneTurn(talk: Talk, turn: number, origins: readonly string[], n: number, reasons: Map<string, number>) {
  try {
    const knows = await talk.turn(origins[(n + turn) % origins.length]!);
    if (knows === turn + 1) return true;
    const reason = `knew ${knows} turns of ${turn + 1}`;
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  } catch (error) {
    const reason = `raised ${String(error).slice(0, 120)}`;
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  }
  return false;
}

/** When which turn is taken: conversations begin over two thirds of the time, and each takes a third of it. */
function schedule(conversations: number): readonly { readonly conversation: number; readonly turn: number }[] {
  return Array.from({ length: conversations * TURNS }, (_, n) => {
    const [conversation, turn] = [Math.floor(n / TURNS), n % TURNS];
    return { conversation, turn, at: (conversation / conversations) * 2 + turn / TURNS };
  }).toSorted((one, other) => one.at - other.at);
}

/** 5% from the start, 50% after a quarter of the turns, all after a half, rolled back after three quarters. */
function shiftsOf(rollouts: RolloutService, jobs: number): (at: number) => Promise<unknown> | undefined {
  const weights = (green: number) => rollouts.setTrafficWeights('chat', { blue: 100 - green, green });
  const moves = new Map<number, () => Promise<unknown>>([
    [0, () => weights(5)],
    [Math.floor(jobs / 4), () => weights(50)],
    [Math.floor(jobs / 2), () => weights(100)],
    [Math.floor((jobs * 3) / 4), () => rollouts.rollback('chat')],
  ]);
  return (at) => moves.get(at)?.();
}

/** Works on the jobs in their order, some at once. */
async function inPool<T>(jobs: readonly T[], work: (job: T, at: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < jobs.length) {
      const at = next++;
      await work(jobs[at]!, at);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

async function replica(baseUrl: string, { redis, stamped, formats }: Settings): Promise<INestApplication> {
  const environment = (model: string, weight: number, format?: Format) => {
    return { baseUrl, apiKey: `key-of-${model}`, model, weight, ...(format && { format }) };
  };
  const module = BlueGreenModule.forRoot({
    isGlobal: true,
    gateway: true,
    alias: 'chat',
    environments: {
      blue: environment('blue-model', 100, formats?.[0]),
      green: environment('green-model', 0, formats?.[1]),
    },
    fallback: ['blue'],
    keys: [{ name: 'bench', key: KEY }],
    ...(redis !== undefined && { journal: { redis } }),
    ...(!stamped && { conversationState: 'pass' as const }),
  });
  const imports = [ScheduleModule.forRoot(), module];
  const app = await NestFactory.create({ module: BenchModule, imports }, new FastifyAdapter(), { logger: false });
  await app.listen(0, '127.0.0.1');
  return app;
}
