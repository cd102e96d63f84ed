/** README's code blocks but the first, where the compiler sees them. `readme.e2e-spec.ts` compares them with README. */
import { Controller, Logger, Post, UseGuards } from '@nestjs/common';
import {
  Assigned,
  BlueGreenModule,
  LlmRouterService,
  Route,
  RolloutService,
  TrafficSplitGuard,
  type Assignment,
  type BlueGreenOptions,
} from 'nestjs-blue-green';
import OpenAI from 'openai';

const apiKey = 'a key';
const environments = {};
const logger = new Logger();
abstract class Secrets {
  abstract read(name: string): Promise<string>;
}

export async function start(rollouts: RolloutService) {
  await rollouts.start('support-chat', { actor: 'ada', reason: 'gpt-4.1 for everybody' }); // 5 → 25 → 50 → 100 %
}

@Controller()
export class Chat {
  constructor(private readonly llm: LlmRouterService) {}

  @Post('chat')
  @UseGuards(TrafficSplitGuard)
  @Route('support-chat')
  async *chat(@Assigned() { environment, version, reason }: Assignment) {
    logger.debug(`${environment}, ${version.tag}, ${reason}`); // green, gpt-4.1, sticky
    const stream = this.llm.stream('support-chat', { messages: [{ role: 'user', content: 'Hi' }], temperature: 0.2 });
    for await (const { text } of stream) yield text;
    const { usage, cost } = await stream.result;
    logger.debug(`${usage?.outputTokens} tokens, $${cost}`);
  }
}

export function clients(llm: LlmRouterService) {
  const openai = new OpenAI({ baseURL: 'http://router/v1', apiKey: 'unused', fetch: llm.fetch('support-chat') });
  return openai;
}

export const versions = {
  environments: {
    green: {
      model: 'openai/gpt-4.1',
      apiKey,
      weight: 5,
      parameters: { temperature: 0, seed: 7 },
      parametersMode: 'override', // or 'default': under the request's own
      systemPrompt: { text: 'Answer in two sentences.', mode: 'prepend' }, // or 'replace', or 'default'
      costLimitPerRequest: 0.05,
    },
  },
} satisfies BlueGreenOptions;

export const shadowing = {
  environments,
  shadow: { percentage: 10, monthlyBudgetUsd: 50, file: 'logs/shadow-requests.jsonl' },
} satisfies BlueGreenOptions;

export const money = {
  environments,
  budget: { perMonth: 2_000, action: 'fallback', alertAt: [50, 80, 100] },
} satisfies BlueGreenOptions;

export const alerting = {
  environments,
  alerts: {
    webhooks: [
      { url: 'https://pager.example.com/hook', secret: process.env['WEBHOOK_SECRET']!, types: ['rollback', 'spend'] },
    ],
  },
} satisfies BlueGreenOptions;

export const gateway = BlueGreenModule.forRoot({
  environments,
  gateway: true,
  keys: [{ name: 'web', key: process.env['GATEWAY_KEY']!, environments: ['green'] }],
});

export const dashboard = BlueGreenModule.forRoot({
  environments,
  dashboard: true,
  keys: [{ name: 'ada', key: process.env['ADA_KEY']!, scopes: ['read', 'operate'] }],
});

export const metrics = BlueGreenModule.forRoot({
  environments,
  prometheus: true, // { path, registry, public }
});

export async function rollout(rollouts: RolloutService) {
  rollouts.events$.subscribe(({ type, actor, reason }) => logger.log(`${type} by ${actor}: ${reason}`));
  await rollouts.start('support-chat', {
    actor: 'ada',
    reason: 'gpt-4.1 for everybody',
    schedule: {
      steps: [
        { setWeight: 5, duration: '10m' },
        { setWeight: 50, duration: '1h', holdConditions: { requiresApproval: true } },
      ],
      gates: [
        { kind: 'errorRate', tolerance: 0 },
        { kind: 'latency', quantile: 0.95, tolerance: 0.2 },
        { kind: 'cost', tolerance: 0.1, role: 'signal' },
      ],
    },
  });
  await rollouts.approve('support-chat', { actor: 'bob' });
  await rollouts.rollback('support-chat', { actor: 'ada', reason: 'it is too terse' });
}

export const later = BlueGreenModule.forRootAsync({
  inject: [Secrets],
  useFactory: async (secrets: Secrets) => ({
    alias: 'support-chat',
    environments: {
      blue: { model: 'openai/gpt-4o', apiKey: await secrets.read('openai'), weight: 100 },
      green: { model: 'openai/gpt-4.1', apiKey: await secrets.read('openai') },
    },
  }),
  isGlobal: true,
  healthController: true,
});
