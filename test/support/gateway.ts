import type { INestApplication } from '@nestjs/common';
import type { BlueGreenExtras, BlueGreenOptions } from 'nestjs-blue-green';
import OpenAI, { type ClientOptions } from 'openai';
import { blueGreen, type Adapter, type TestAppOptions } from './app.js';
import { blueAndGreen } from './environments.js';
import { urlOf, type Stage } from './stage.js';

type LongForm = Extract<BlueGreenOptions, { routes: unknown }>;

/** A key that may use the gateway, and one that may also name green. */
export const KEY = 'gateway-key-of-the-web';
export const TESTER_KEY = 'gateway-key-of-a-tester';

export interface GatewayApp extends Pick<TestAppOptions, 'configure' | 'clock' | 'controllers'> {
  readonly options?: Partial<LongForm> & BlueGreenExtras;
}

/** An app with the gateway on, for the route `chat` at the stage's provider. Its retries wait 1 ms. */
export function startGateway(stage: Stage, adapter: Adapter, { options, ...rest }: GatewayApp = {}) {
  const module = blueGreen({
    routes: { chat: { environments: blueAndGreen(stage.provider) } },
    keys: [
      { name: 'web', key: KEY },
      { name: 'tester', key: TESTER_KEY, environments: ['green'] },
    ],
    retry: { baseDelay: 1 },
    gateway: true,
    ...options,
  });
  return stage.app({ adapter, module, ...rest });
}

/** The SDK as a user of the gateway would set it up; `sent` has the status of each request that it made. */
export function sdkFor(app: INestApplication, options: ClientOptions & { path?: string } = {}) {
  const { path = '', ...more } = options;
  const sent: number[] = [];
  const client = new OpenAI({
    apiKey: KEY,
    baseURL: `${urlOf(app)}${path}/v1`,
    fetch: async (input, init) => {
      const response = await fetch(input, init);
      sent.push(response.status);
      return response;
    },
    ...more,
  });
  return Object.assign(client, { sent });
}
