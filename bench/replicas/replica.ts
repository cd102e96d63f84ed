import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { ScheduleModule } from '@nestjs/schedule';
import {
  BlueGreenModule,
  JOURNAL,
  LlmRouterService,
  RolloutService,
  type Journal,
  type JournalEntry,
} from 'nestjs-blue-green';
import { machineTime, type News, type Order } from './messages.js';

const ALIAS = 'chat';
const CALLERS = 4;

@Module({})
class ReplicaModule {}

/** One process of the fleet: the module on the shared Redis, with callers of its own. Run by `Fleet`. */
const { redis, provider, step } = JSON.parse(process.argv[2]!) as { redis: string; provider: string; step: number };

const module = BlueGreenModule.forRoot({
  isGlobal: true,
  healthController: true,
  alias: ALIAS,
  environments: {
    blue: { model: 'blue-model', baseUrl: provider, apiKey: false, weight: 100 },
    green: { model: 'green-model', baseUrl: provider, apiKey: false },
  },
  journal: { redis },
  scheduler: { monitorInterval: 250 },
  rollout: {
    steps: [20, 40, 60, 80].map((setWeight) => ({ setWeight, duration: step })),
    gates: [],
    finalBakeTime: step,
  },
});
const app = await NestFactory.create(
  { module: ReplicaModule, imports: [ScheduleModule.forRoot(), module] },
  new FastifyAdapter(),
  { logger: false },
);
await app.listen(0, '127.0.0.1');
const rollouts = app.get(RolloutService);
const router = app.get(LlmRouterService);
const journal = app.get<Journal>(JOURNAL);

let lastGreenAt = 0;
let calls = 0;
let errors = 0;

async function caller(): Promise<never> {
  for (;;) {
    const begun = machineTime();
    try {
      const { attempts } = await router.complete(ALIAS, { messages: [{ role: 'user', content: 'Where is it?' }] });
      calls++;
      if (attempts[0]?.environment === 'green') lastGreenAt = Math.max(lastGreenAt, begun);
    } catch {
      errors++;
    }
  }
}

async function obey(order: Order): Promise<News> {
  const at = machineTime();
  switch (order.do) {
    case 'start':
      await rollouts.start(ALIAS);
      return { is: 'ordered', at };
    case 'rollback':
      await rollouts.rollback(ALIAS);
      return { is: 'ordered', at };
    case 'weights':
      await rollouts.setTrafficWeights(ALIAS, { blue: 100 - order.green, green: order.green });
      return { is: 'ordered', at };
    case 'report':
      return { is: 'report', lastGreenAt, calls, errors };
    case 'journal':
      return { is: 'journal', entries: await written() };
  }
}

async function written(): Promise<JournalEntry[]> {
  const entries: JournalEntry[] = [];
  for await (const entry of journal.read(1)) entries.push(entry);
  return entries;
}

function tell(news: News): void {
  process.send!(news);
}

rollouts.events$.subscribe((entry) => tell({ is: 'entry', entry, at: machineTime() }));
process.on('message', (order: Order) => {
  obey(order).then(tell, (error: unknown) => tell({ is: 'refused', message: String(error) }));
});
process.on('disconnect', () => process.exit());
tell({ is: 'ready', health: `${await app.getUrl()}/health` });
for (let n = 0; n < CALLERS; n++) void caller();
