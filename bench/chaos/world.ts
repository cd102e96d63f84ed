import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Random } from '../../lib/kit/clock.js';
import { RawProvider } from '../faults/provider/raw-provider.js';
import { machineTime } from '../replicas/messages.js';
import { Disk } from './disk.js';
import { Link } from '../../test/support/link.js';
import { Member } from './member.js';
import { APP, PRICE } from './options.js';
import { Primary } from './primary.js';
import { Recorder } from './recorder.js';
import { FAIR, SPEAKERS, under, type Weather } from './weather.js';

const NAMES = ['a', 'b', 'c'];

/** A replica of the fleet with its way to Redis. */
export interface Post {
  readonly member: Member;
  readonly link: Link;
}

/** A provider, and the network in front of it. */
export class Place {
  /** The state of the provider, the same for everybody. */
  weather: Weather = FAIR;
  /** The share of its answers that go wrong because it is being tried and bad, by who tries it. */
  readonly bad = new Map<string, number>();

  constructor(
    readonly provider: RawProvider,
    readonly link: Link,
  ) {}

  get now(): Weather {
    const { failing, slow } = this.weather;
    return { failing: Math.max(failing, ...this.bad.values()), slow };
  }
}

/** Everything that a run is about: three replicas on one Redis, one on a file, and the providers that they share. */
export interface World {
  readonly redis: Primary;
  readonly places: ReadonlyMap<string, Place>;
  /** Three replicas on one Redis, and what is seen of them. */
  readonly posts: readonly Post[];
  readonly fleet: Recorder;
  /** One on a file, alone. */
  readonly loner: Member;
  readonly single: Recorder;
  readonly disk: Disk;
  readonly file: string;
  /** Another app that is configured for the same journal. */
  intruder(): Member;
  end(): Promise<void>;
}

export async function buildWorld(random: Random, budget: number): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'blue-green-chaos-'));
  const [redis, disk] = await Promise.all([Primary.start(), Disk.mount(folder)]);
  const [fleet, single] = [new Recorder(), new Recorder()];
  const places = new Map<string, Place>();
  for (const [name, speaker] of Object.entries(SPEAKERS)) {
    const provider = await RawProvider.start(speaker);
    const place = new Place(provider, await Link.to(Number(new URL(provider.baseUrl).port)));
    const { prompt_tokens: input, completion_tokens: output } = speaker.usage;
    const amount = ((input + output) * PRICE) / 1_000_000;
    provider.behave(
      under(
        () => place.now,
        random,
        ({ request }) => fleet.bills.push({ id: request.headers['x-request-id'] ?? '', at: machineTime(), amount }),
      ),
    );
    places.set(name, place);
  }
  const providers = Object.fromEntries(
    [...places].map(([name, { link }]) => [name, `http://127.0.0.1:${link.near}/v1`]),
  );
  const posts: Post[] = [];
  for (const name of NAMES) {
    const link = await Link.to(redis.port);
    const settings = { redis: `redis://127.0.0.1:${link.near}`, providers, budget, app: APP };
    posts.push({ member: new Member(name, settings, fleet), link });
  }
  const file = join(disk.path, 'journal.jsonl');
  const loner = new Member('file', { file, providers, budget, app: APP }, single);

  return { redis, places, posts, fleet, loner, single, disk, file, intruder, end };

  function intruder(): Member {
    return new Member('intruder', { redis: redis.url, providers, budget, app: 'another app' }, new Recorder());
  }

  async function end(): Promise<void> {
    await Promise.all([...posts.map(({ member }) => member.kill()), loner.kill()]);
    await Promise.all([...posts, ...places.values()].map(({ link }) => link.stop()));
    await Promise.all([...places.values()].map(({ provider }) => provider.stop()));
    await redis.stop();
    await disk.unmount();
    await rm(folder, { recursive: true, force: true });
  }
}
