// An app of a user's on Fastify, as a process of its own. Says where it listens.
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { ScheduleModule } from '@nestjs/schedule';
import { BlueGreenModule } from 'nestjs-blue-green';

const env = (name: string): string => process.env[name] ?? '';

@Module({
  imports: [
    ScheduleModule.forRoot(),
    BlueGreenModule.forRoot({
      isGlobal: true,
      routes: {
        chat: {
          environments: { blue: { model: 'gpt-4o', baseUrl: env('RELAY'), apiKey: 'relay-key', weight: 100 } },
        },
      },
      keys: [{ name: 'web', key: env('KEY'), scopes: ['inference', 'read'] }],
      shutdown: { drain: env('DRAIN'), grace: env('GRACE') },
      gateway: true,
      controlApi: true,
      healthController: true,
    }),
  ],
})
class AppModule {}

const app = await NestFactory.create(AppModule, new FastifyAdapter(), { logger: false });
app.enableShutdownHooks(['SIGTERM', 'SIGINT'], { useProcessExit: true });
await app.listen(0, '127.0.0.1');
process.stdout.write(`${JSON.stringify({ url: await app.getUrl() })}\n`);
