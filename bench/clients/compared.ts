import type { Client, Place } from './client.js';
import { differencesIn, type Difference } from './compare.js';
import { KEY, MovingGateway } from './gateway.js';
import { BenchProvider } from './provider/provider.js';

/** One client, compared. */
export interface Row {
  readonly client: string;
  readonly checks: number;
  readonly differences: readonly Difference[];
  readonly moves: number;
  readonly seconds: number;
}

/** Runs a client's exercises directly and through a gateway. @throws {NotInstalled} */
export async function compared(client: Client): Promise<Row> {
  await client.prepare();
  const begun = performance.now();
  const provider = await BenchProvider.start();
  const gateway = await MovingGateway.start(provider.origin);
  const place = (name: Place['name'], origin: string): Place => ({
    name,
    origin,
    apiKey: KEY,
    seen: () => provider.calls.splice(0),
  });
  try {
    const direct = await client.run(place('direct', provider.origin));
    const through = await client.run(place('gateway', gateway.origin));
    const differences = differencesIn(direct, through);
    const seconds = (performance.now() - begun) / 1_000;
    return { client: client.name, checks: Object.keys(direct).length, differences, moves: gateway.moves(), seconds };
  } finally {
    await gateway.stop();
    await provider.stop();
  }
}
