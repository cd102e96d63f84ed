import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Module, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { ScheduleModule } from '@nestjs/schedule';
import { BlueGreenModule } from 'nestjs-blue-green';
import { Held } from '../../test/support/held.js';
import { FakeUpstream } from '../../lib/testing/fake-upstream.js';

/** A report of the attacked process about itself. */
export interface Report {
  readonly port: number;
  /** Longest time that its event loop was held since the last report, milliseconds. */
  readonly heldMs: number;
  /** Memory in use after a collection, MB. */
  readonly heapMb: number;
}

const KEY = 'fuzz-key-of-an-operator';
const ROUTES = 20;

const provider = await FakeUpstream.start();
const slot = (weight: number) => ({ model: 'm', baseUrl: provider.baseUrl, apiKey: 'k', weight });
const route = { environments: { blue: slot(100), green: slot(0) } };

@Module({
  imports: [
    ScheduleModule.forRoot(),
    BlueGreenModule.forRoot({
      routes: Object.fromEntries(Array.from({ length: ROUTES }, (_, n) => [`route-${n}`, route])),
      keys: [
        { name: 'operator', key: KEY, scopes: ['read', 'operate'], rateLimit: { requests: 1_000_000, per: '1s' } },
      ],
      scheduler: { monitorInterval: '1s' },
      controlApi: true,
      gateway: true,
      dashboard: true,
    }),
  ],
})
class AttackedModule {}

const isFastify = process.argv.includes('fastify');
const app: INestApplication = isFastify
  ? await NestFactory.create(AttackedModule, new FastifyAdapter(), { logger: false })
  : await NestFactory.create(AttackedModule, { logger: false });
await app.listen(0, '127.0.0.1');
const { port } = (app.getHttpServer() as Server).address() as AddressInfo;

const held = new Held();

process.on('message', (wanted) => {
  const heldMs = held.take();
  if (wanted === 'heap') globalThis.gc?.();
  const report: Report = { port, heldMs, heapMb: process.memoryUsage().heapUsed / 2 ** 20 };
  process.send!(report);
  held.take();
});
process.on('disconnect', () => process.exit());
process.send!('ready');
