import type { INestApplication } from '@nestjs/common';
import {
  LlmRouterService,
  RolloutService,
  Telemetry,
  type BlueGreenExtras,
  type BlueGreenOptions,
  type ChatChunk,
  type Observation,
} from 'nestjs-blue-green';
import { blueGreen, startApp, type Adapter } from './app.js';
import { begin, chunk, FakeProvider, type Behaviour, type SeenRequest } from './fake-provider.js';
import { FakeClock } from './fake-clock.js';

export { cutAfter as cutsAfter, hang as silence, hangUp as resets } from '../../lib/testing/behaviours.js';

export const REQUEST = { messages: [{ role: 'user', content: 'Where is my parcel?' }] };

type Extra = Partial<BlueGreenOptions> & BlueGreenExtras;

export interface SendingOptions {
  readonly adapter?: Adapter;
  readonly options?: Extra;
}

/** An app with three providers on real sockets and a clock that stands still: green is asked when it is named. */
export class Sending {
  readonly observed: Observation[] = [];

  private constructor(
    readonly app: INestApplication,
    readonly clock: FakeClock,
    readonly blue: FakeProvider,
    readonly green: FakeProvider,
    readonly backup: FakeProvider,
  ) {
    this.telemetry.onObservation((observation) => this.observed.push(observation));
  }

  static async start({ adapter = 'express', options = {} }: SendingOptions = {}): Promise<Sending> {
    const clock = new FakeClock();
    const [blue, green, backup] = await Promise.all([FakeProvider.start(), FakeProvider.start(), FakeProvider.start()]);
    // What is on the list need not be asked for a token before a rollout.
    green.models = ['green-model'];
    const module = blueGreen({
      alias: 'chat',
      environments: {
        blue: { ...environment(blue, 'blue-model', 100), version: 'v1' },
        green: { ...environment(green, 'green-model', 0), version: 'v2' },
        backup: { ...environment(backup, 'backup-model', 0), version: 'v0' },
      },
      prices: { 'blue-model': { input: 1, output: 2 }, 'green-model': { input: 10, output: 20 } },
      retry: { attempts: 1 },
      breaker: false,
      ...options,
    });
    const app = await startApp({ adapter, module, clock, random: () => 0.5 });
    return new Sending(app, clock, blue, green, backup);
  }

  get router(): LlmRouterService {
    return this.app.get(LlmRouterService);
  }

  get rollouts(): RolloutService {
    return this.app.get(RolloutService);
  }

  get telemetry(): Telemetry {
    return this.app.get(Telemetry);
  }

  get providers(): readonly FakeProvider[] {
    return [this.blue, this.green, this.backup];
  }

  /** How often each was asked: blue, green, backup. */
  get calls(): readonly number[] {
    return this.providers.map(({ calls }) => calls.length);
  }

  reset(): void {
    this.observed.length = 0;
    for (const provider of this.providers) provider.reset();
  }

  async stop(): Promise<void> {
    await this.app.close();
    await Promise.all(this.providers.map((provider) => provider.stop()));
  }
}

export function environment(provider: FakeProvider, model: string, weight: number) {
  return { model, baseUrl: provider.baseUrl, apiKey: `sk-${model}`, weight };
}

export interface Asked {
  readonly behaviour: Behaviour;
  /** The first request that came. */
  readonly asked: Promise<SeenRequest>;
}

/** A behaviour whose first request can be awaited. */
export function awaited(behaviour: Behaviour): Asked {
  let resolve: ((request: SeenRequest) => void) | undefined;
  const asked = new Promise<SeenRequest>((settle) => (resolve = settle));
  return {
    asked,
    behaviour: (request, response) => {
      resolve?.(request);
      return behaviour(request, response);
    },
  };
}

/** Begins a stream, says these words, and falls silent. */
export function says(...words: readonly string[]): Behaviour {
  return (request, response) => {
    begin(response);
    for (const word of words) response.write(chunk(String(request.body['model']), word));
  };
}

/** Reads a stream to its end; gives the text so far when it breaks. */
export async function readAll(stream: AsyncIterable<ChatChunk>): Promise<{ text: string; error?: unknown }> {
  let text = '';
  try {
    for await (const piece of stream) text += piece.text;
    return { text };
  } catch (error) {
    return { text, error };
  }
}
