/**
 * An app that has something to keep from everybody: a process of its own, so that all it writes can be looked through.
 */
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ScheduleModule } from '@nestjs/schedule';
import { BlueGreenModule, type BlueGreenExtras, type BlueGreenOptions } from 'nestjs-blue-green';

const options = JSON.parse(process.env['SECRETS_APP'] ?? '{}') as BlueGreenOptions & BlueGreenExtras;

const module = BlueGreenModule.forRoot({
  ...options,
  // Code of the app's own that fails, and says too much when it does.
  keyLookup: (key: string) => {
    throw new Error(`there is no ${key}`);
  },
  requestLog: {
    content: true,
    redact: (content: unknown) => {
      throw new Error(`cannot redact ${JSON.stringify(content)}`);
    },
  },
});

@Module({ imports: [ScheduleModule.forRoot(), module] })
class SecretsApp {}

const app = await NestFactory.create(SecretsApp, { logger: ['verbose', 'debug', 'log', 'warn', 'error', 'fatal'] });
app.enableShutdownHooks(['SIGTERM'], { useProcessExit: true });
await app.listen(0, '127.0.0.1');
process.stdout.write(`listening at ${await app.getUrl()}\n`);
