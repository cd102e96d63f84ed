import type { AppLayout } from './app-layout.js';

/** The options, in a file of their own. */
export function configFile({ has }: AppLayout): string {
  const health = has.health ? '' : '  healthController: true, // GET /health, /health/ready, /health/live\n';
  return `import { randomUUID } from 'node:crypto';
import { type BlueGreenModule, defineBlueGreen } from 'nestjs-blue-green';

/** Read when the app starts, and not before: a test sets the variables first. */
function options() {
  const openai = {
    baseUrl: process.env.OPENAI_BASE_URL ?? 'https://api.openai.com/v1',
    // Without a key the app starts, and calls fail.
    apiKey: process.env.OPENAI_API_KEY || (false as const),
  };
  return defineBlueGreen({
    alias: 'chat',
    environments: {
      blue: { ...openai, model: 'gpt-4o', weight: 100 }, // answers now
      green: { ...openai, model: 'gpt-4.1' }, // is to be tried
    },
    // Without \`rollout\` a canary walks 5 → 25 → 50 → 100%, ten minutes each.
    keys: [
      {
        name: 'operator',
        key: process.env.BLUE_GREEN_KEY || randomUUID(), // not set: nobody has it
        scopes: ['read', 'operate'],
      },
    ],
  });
}

type Settings = Parameters<typeof BlueGreenModule.forRootAsync>[0];

export const blueGreen: Settings = {
  useFactory: options,
  isGlobal: true,
${health}  controlApi: true, // /v1, for scripts and for \`npx blue-green\`
  dashboard: true, // /blue-green
};
`;
}

export function controllerFile({ has }: AppLayout): string {
  return `import {
  Body,
  Controller,
  HttpCode,
  Post,
  UseFilters,
  UseGuards,
} from '@nestjs/common';
import {
  BlueGreenExceptionFilter,
  LlmRouterService,
  TrafficSplitGuard,
} from 'nestjs-blue-green';

@Controller('${chatPath(has.chat)}')
@UseGuards(TrafficSplitGuard) // decides who answers
@UseFilters(BlueGreenExceptionFilter) // an outage has its own status, not 500
export class BlueGreenChatController {
  constructor(private readonly llm: LlmRouterService) {}

  @Post()
  @HttpCode(200)
  async chat(@Body() body: { message: string }) {
    const messages = [{ role: 'user', content: body.message }];
    const answer = await this.llm.complete('chat', { messages });
    const { content, environment } = answer;
    return { content, environment };
  }
}
`;
}

/** In the app's own runner. It asks over HTTP, so that it needs nothing but the runner. */
export function testFile({ runner, isFastify, extension, fromTests, has }: AppLayout): string {
  const globals = runner === 'vitest' ? "import { afterEach, beforeEach, describe, expect, it } from 'vitest';\n" : '';
  const adapter = isFastify ? "import { FastifyAdapter } from '@nestjs/platform-fastify';\n" : '';
  return `import type { INestApplication } from '@nestjs/common';
${adapter}import { Test } from '@nestjs/testing';
import {
  answer,
  fail,
  FakeUpstream,
  RolloutDriver,
} from 'nestjs-blue-green/testing';
${globals}import { AppModule } from '${fromTests}/app.module${extension}';

describe('chat', () => {
  let provider: FakeUpstream;
  let app: INestApplication;

  beforeEach(async () => {
    provider = await FakeUpstream.start({ models: ['gpt-4o', 'gpt-4.1'] });
    provider.always(answer('Hello!'));
    process.env.OPENAI_BASE_URL = provider.baseUrl;
    process.env.OPENAI_API_KEY = 'a-key';
    const compiled = await Test.createTestingModule({
      imports: [AppModule],
    }).compile();
    app = compiled.createNestApplication(${isFastify ? 'new FastifyAdapter()' : ''});
    await app.listen(0, '127.0.0.1');
  });

  afterEach(async () => {
    await app.close();
    await provider.stop();
  });

  async function chat(user: string): Promise<unknown> {
    const url = await app.getUrl();
    const response = await fetch(\`\${url}/${chatPath(has.chat)}\`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-user-id': user },
      body: JSON.stringify({ message: 'Hi' }),
    });
    return response.json();
  }

  it('is answered by blue', async () => {
    expect(await chat('ada')).toEqual({
      content: 'Hello!',
      environment: 'blue',
    });
  });

  it('is answered by green for users on trial, until green fails', async () => {
    const rollout = new RolloutDriver(app, 'chat');
    await rollout.start({
      schedule: { steps: [{ setWeight: 50, duration: '1h' }] },
    });
    const user = rollout.userOn('green');
    expect(await chat(user)).toEqual({
      content: 'Hello!',
      environment: 'green',
    });

    provider.always((request, response) => {
      const isGreen = request.body['model'] === 'gpt-4.1';
      return (isGreen ? fail(404) : answer('Rescued.'))(request, response);
    });
    expect(await chat(user)).toEqual({
      content: 'Rescued.',
      environment: 'blue',
    });
    await rollout.traffic(20, 'green');
    await rollout.until('RolledBack');
    expect(rollout.status.weights).toEqual({ blue: 100, green: 0 });
  });
});
`;
}

function chatPath(isTaken: boolean): string {
  return isTaken ? 'blue-green-chat' : 'chat';
}
