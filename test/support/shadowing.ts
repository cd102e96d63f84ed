import type { BlueGreenOptions, ShadowAlert, ShadowPair } from 'nestjs-blue-green';
import { ShadowService } from 'nestjs-blue-green';
import { filter, firstValueFrom, take, toArray } from 'rxjs';
import type { Adapter } from './app.js';
import { KEY, TESTER_KEY } from './gateway.js';
import { Sending } from './sending.js';
import { urlOf } from './stage.js';

export type ShadowOptions = NonNullable<BlueGreenOptions['shadow']>;

/** An app with the gateway on and every request mirrored to green. */
export class Shadowing {
  private constructor(readonly sending: Sending) {}

  static async start(
    shadow: ShadowOptions = {},
    { adapter, ...options }: Partial<BlueGreenOptions> & { adapter?: Adapter } = {},
  ): Promise<Shadowing> {
    const sending = await Sending.start({
      ...(adapter && { adapter }),
      options: {
        gateway: true,
        keys: [
          { name: 'web', key: KEY },
          { name: 'tester', key: TESTER_KEY, environments: ['green'] },
        ],
        // A busy test machine must not shed what the test waits for.
        shadow: { percentage: 100, maxEventLoopDelay: '1h', ...shadow },
        ...options,
      },
    });
    return new Shadowing(sending);
  }

  get service(): ShadowService {
    return this.sending.app.get(ShadowService);
  }

  get report() {
    return this.service.shadowReport('chat');
  }

  /** The next `n` pairs, once they have ended. Ask before they begin. */
  pairs(n: number): Promise<ShadowPair[]> {
    return firstValueFrom(this.service.pairs$.pipe(take(n), toArray()));
  }

  /** The next alert, which is not about a single pair unless that is asked for. */
  alert(ofOnePair = false): Promise<ShadowAlert> {
    return firstValueFrom(this.service.alerts$.pipe(filter((alert) => 'requestId' in alert === ofOnePair)));
  }

  /** A call through the gateway. */
  post(body: object = {}, headers: Record<string, string> = {}, signal?: AbortSignal): Promise<Response> {
    return fetch(`${urlOf(this.sending.app)}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${KEY}`, ...headers },
      body: JSON.stringify({ model: 'chat', messages: [{ role: 'user', content: 'Where is my parcel?' }], ...body }),
      ...(signal && { signal }),
    });
  }

  stop(): Promise<void> {
    return this.sending.stop();
  }
}
