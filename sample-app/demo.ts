import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { RolloutService, TrafficSplitter, type JournalEntry, type RolloutInput } from 'nestjs-blue-green';
import { filter, firstValueFrom, timeout } from 'rxjs';
import { AppModule } from './app.module.js';
import { Screen } from './demo/screen.js';
import { Traffic } from './demo/traffic.js';
import { settingsOf, startMockProviders } from './providers.js';
import { SUPPORT_CHAT } from './support-chat.js';

const GATEWAY_KEY = 'shop-gateway-key';
const REQUESTS_PER_SECOND = 120;

/** Days of a schedule in seconds of a demo; the gates are those of a real one. */
const ROLLOUT: RolloutInput = {
  steps: [5, 25, 50, 100].map((setWeight) => ({ setWeight, duration: '4s' })),
  gates: [
    { name: 'error-rate', kind: 'errorRate', max: 0.05, minSampleSize: 20 },
    { name: 'mean-latency', kind: 'latency', max: '2s', minSampleSize: 20 },
    { name: 'p99-latency', kind: 'latency', quantile: 0.99, max: '3s', minSampleSize: 20 },
    { name: 'p99-against-blue', kind: 'latency', quantile: 0.99, compare: 'baseline', max: '1s', minSampleSize: 20 },
  ],
  finalBakeTime: '3s',
};

const mocks = await startMockProviders();
const app = await NestFactory.create(
  AppModule.with({ providers: settingsOf(mocks), gatewayKey: GATEWAY_KEY, monitorInterval: '500ms', rollout: ROLLOUT }),
  new FastifyAdapter(),
  { logger: false },
);
await app.listen(0, '127.0.0.1');

const rollouts = app.get(RolloutService);
const traffic = new Traffic(await app.getUrl(), GATEWAY_KEY, REQUESTS_PER_SECOND);
const screen = new Screen(() => rollouts.status(SUPPORT_CHAT), traffic);
rollouts.events$.subscribe((entry) => screen.say(`  → ${describe(entry)}`));

screen.say(
  `A shop sends ${REQUESTS_PER_SECOND} questions a second through "${SUPPORT_CHAT}": half JSON, half streams.`,
);
traffic.start();
screen.start();

screen.say('\n1. A healthy green: watch it walk 5 → 25 → 50 → 100 and be promoted.');
const promotion = eventOf('RolloutSucceeded', 'RolledBack');
await rollouts.start(SUPPORT_CHAT, { actor: 'demo', reason: 'gpt-4.1 for everybody' });
const promoted = (await promotion).type === 'RolloutSucceeded';

screen.say('\n2. Second thoughts: one command gives everything back to blue, which stood by.');
await rollouts.rollback(SUPPORT_CHAT, { actor: 'demo', reason: 'try that again' });

screen.say('\n3. The same walk, but at its second step the provider behind green begins to fail.');
const secondStep = eventOf('StepEntered');
await rollouts.start(SUPPORT_CHAT, { actor: 'demo', reason: 'gpt-4.1 again' });
await secondStep;
const abortion = eventOf('RolloutAborted', 'RolloutSucceeded').then((entry) => ({
  entry,
  at: Date.now(),
  onGreen: assignedToGreen(),
}));
mocks.green.failing(1);
const reverted = await abortion;
const rolledBack = reverted.entry.type === 'RolloutAborted' && reverted.onGreen === 0;
const rollbackMs = reverted.at - Math.min(...mocks.green.failedCalls);

// What comes behind the rollback must find nothing wrong either.
await traffic.more(3 * REQUESTS_PER_SECOND);

await traffic.stop();
screen.stop();
await app.close();
await Promise.all(Object.values(mocks).map((mock) => mock.stop()));

const callerErrors = traffic.errors;
for (const message of traffic.errorMessages) screen.say(`caller error: ${message}`);
screen.say(
  `\nGreen failed; ${rollbackMs} ms later nobody was sent there any more. Of ${traffic.requests} calls ${callerErrors} failed.\n`,
);
process.stdout.write(
  `${JSON.stringify({ promoted, rolledBack, requests: traffic.requests, callerErrors, rollbackMs })}\n`,
);
process.exitCode = promoted && rolledBack && callerErrors === 0 ? 0 : 1;

/** The next entry of one of these types. */
function eventOf(...types: JournalEntry['type'][]): Promise<JournalEntry> {
  return firstValueFrom(
    rollouts.events$.pipe(
      filter(({ type }) => types.includes(type)),
      timeout(60_000),
    ),
  );
}

/** How many of 10,000 new requests would go to green right now. */
function assignedToGreen(): number {
  const splitter = app.get(TrafficSplitter);
  const customers = Array.from({ length: 10_000 }, (_, n) => `new-customer-${n}`);
  return customers.filter((key) => splitter.assign(SUPPORT_CHAT, { key }).environment === 'green').length;
}

function describe({ type, reason, ...entry }: JournalEntry): string {
  const weight = 'weights' in entry ? `, green ${entry.weights['green']} %` : '';
  return `${type}${weight}. ${reason}`;
}
