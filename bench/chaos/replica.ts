import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { ScheduleModule } from '@nestjs/schedule';
import { BlueGreenError, BlueGreenModule, BudgetService, RolloutService, Telemetry } from 'nestjs-blue-green';
import { runningRollout } from '../../lib/domain/state.js';
import { RouteAnalysis } from '../../lib/rollout/route-analysis.js';
import { LiveRouteTable } from '../../lib/routing/live-route-table.js';
import { machineTime } from '../replicas/messages.js';
import type { Command, Due, Look, News, Order, ReplicaSettings } from './messages.js';
import { optionsFor } from './options.js';

const LOOK_EVERY = 1_000;

@Module({})
class ReplicaModule {}

/** One process of the fleet, run by `Replica`. Says all that the model checker has to know, as it happens. */
const settings = JSON.parse(process.argv[2]!) as ReplicaSettings;

// Every reader of the wall clock in this process jumps with it; the clock of durations does not, as on a real machine.
const realNow = Date.now;
let { clockOffset } = settings;
Date.now = () => realNow() + clockOffset;

// A limit on the size of files is a failing write, not the end.
process.on('SIGXFSZ', () => {});

const app = await NestFactory.create(
  { module: ReplicaModule, imports: [ScheduleModule.forRoot(), BlueGreenModule.forRoot(optionsFor(settings))] },
  new FastifyAdapter(),
  { logger: process.env['CHAOS_LOG'] ? ['warn', 'error'] : false, abortOnError: false },
);
const rollouts = app.get(RolloutService);
const table = app.get(LiveRouteTable, { strict: false });

function tell(news: News): void {
  process.send?.(news);
}

function looked(): Look {
  const { current } = table;
  return {
    at: machineTime(),
    revision: current.revision,
    routes: current.aliases.map((alias) => current.get(alias)),
    trials: Object.fromEntries(current.aliases.flatMap((alias) => trialOn(alias))),
    due: Object.fromEntries(current.aliases.flatMap((alias) => dueOn(alias))),
  };
}

function trialOn(alias: string): [string, string][] {
  const rollout = runningRollout(rollouts.route(alias));
  return rollout ? [[alias, rollout.to]] : [];
}

function dueOn(alias: string): [string, Due][] {
  const { epoch, rollout } = rollouts.route(alias);
  const isDue = app.get(RouteAnalysis, { strict: false }).decision(alias)?.finding.action === 'rollback';
  return isDue && rollout ? [[alias, { environment: rollout.to, epoch }]] : [];
}

function obey(route: string, command: Command): Promise<unknown> {
  const { reason } = command;
  const info = { actor: 'operator', reason };
  switch (command.kind) {
    case 'start':
      return rollouts.start(route, info);
    case 'rollback':
      return rollouts.rollback(route, info);
    case 'promote':
      return rollouts.promote(route, info);
    case 'pause':
      return rollouts.pause(route, info);
    case 'resume':
      return rollouts.resume(route, info);
    case 'weights':
      return rollouts.setTrafficWeights(route, { blue: 100 - command.green, green: command.green }, info);
  }
}

async function booked(route: string): Promise<number> {
  const all = await app.get(BudgetService).status();
  return all.find((one) => one.route === route)?.spent ?? 0;
}

process.on('message', (order: Order) => {
  switch (order.do) {
    case 'clock':
      clockOffset = order.offset;
      break;
    case 'look':
      tell({ is: 'look', n: order.n, look: looked() });
      break;
    case 'booked':
      void booked(order.route).then((figure) => tell({ is: 'answer', n: order.n, outcome: 'done', figure }));
      break;
    case 'command':
      obey(order.route, order.command).then(
        () => tell({ is: 'answer', n: order.n, outcome: 'done' }),
        (error: unknown) => tell({ is: 'answer', n: order.n, outcome: codeOf(error) }),
      );
  }
});
process.on('disconnect', () => process.exit());

rollouts.events$.subscribe((entry) => tell({ is: 'entry', entry, at: machineTime() }));
app.get(Telemetry).onObservation((seen) => {
  const { requestId, route, environment, version, unit, epoch, segment, offSplit, callerOutcome, latency } = seen;
  const at = machineTime() - latency;
  const placement = { requestId, route, environment, version, unit, epoch, segment, offSplit, callerOutcome, at };
  tell({ is: 'placed', placement });
});
await app.listen(0, '127.0.0.1');
tell({ is: 'ready', url: await app.getUrl() });
setInterval(() => tell({ is: 'look', look: looked() }), LOOK_EVERY);

function codeOf(error: unknown): string {
  return error instanceof BlueGreenError ? error.code : `untyped: ${String(error)}`;
}
