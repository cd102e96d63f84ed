import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { RedisServer } from '../../test/support/redis.js';

const SETTINGS = ['--repl-diskless-sync-delay', '0'];
const WAIT_MS = 20;
/** Longest that a standby may take to be in step and to take over, milliseconds. */
const PATIENCE_MS = 10_000;
/** A database beside that of the fleet, for a copy. */
const ASIDE = 1;
/** The content of a backup. */
const KEPT = ['journal', 'snapshot', 'app', 'secret'].map((name) => `{blue-green}:${name}`);

const REFUSALS = {
  NOREPLICAS: { setting: 'min-replicas-to-write', on: '5', off: '0' },
  OOM: { setting: 'maxmemory', on: '1', off: '0' },
} as const;

/** The Redis of a fleet: a server, and another one that takes over when it is told to. */
export class Primary {
  private constructor(
    private current: RedisServer,
    private standby: RedisServer,
  ) {}

  static async start(): Promise<Primary> {
    return new Primary(await RedisServer.start(...SETTINGS), await RedisServer.start(...SETTINGS));
  }

  get port(): number {
    return this.current.port;
  }

  get url(): string {
    return this.current.url;
  }

  kill(): Promise<void> {
    return this.current.kill();
  }

  restart(): Promise<void> {
    return this.current.restart();
  }

  suspend(): void {
    this.current.suspend();
  }

  resume(): void {
    this.current.resume();
  }

  async stop(): Promise<void> {
    await Promise.all([this.current.stop(), this.standby.stop()]);
  }

  /** The standby takes over, and nothing is lost. The old primary continues as its replica: it can be read only. */
  async failOver(): Promise<void> {
    await withClient(this.standby, (standby) =>
      withClient(this.current, async (current) => {
        await standby.call('REPLICAOF', '127.0.0.1', String(this.current.port));
        await until(async () => (await standby.info('replication')).includes('master_link_status:up'));
        // The primary may learn of it later, and refuses until it has.
        await until(async () => (await current.info('replication')).includes('state=online'));
        await current.call('FAILOVER', 'TO', '127.0.0.1', String(this.standby.port));
        await until(async () => (await standby.info('replication')).includes('role:master'));
      }),
    );
    [this.current, this.standby] = [this.standby, this.current];
  }

  /** Reads go on, writes do not. */
  async refuse(how: keyof typeof REFUSALS, ms: number): Promise<void> {
    const { setting, on, off } = REFUSALS[how];
    await withClient(this.current, async (client) => {
      await client.config('SET', setting, on);
      await sleep(ms);
      await client.config('SET', setting, off);
    });
  }

  /** Every other key of the figures. */
  async evict(): Promise<void> {
    await withClient(this.current, async (client) => {
      const keys = (await client.keys('{blue-green}:figures*')).filter((_, n) => n % 2 === 0);
      if (keys.length > 0) await client.unlink(...keys);
    });
  }

  /** In one step, so that nothing comes between the copy and the end. */
  async empty(): Promise<void> {
    const script = `for _, key in ipairs(KEYS) do redis.call('COPY', key, key, 'DB', ${ASIDE}, 'REPLACE') end
      return redis.call('FLUSHDB')`;
    await withClient(this.current, (client) => client.eval(script, KEPT.length, ...KEPT));
  }

  async restore(): Promise<void> {
    const script = `redis.call('SELECT', ${ASIDE})
      for _, key in ipairs(KEYS) do redis.call('COPY', key, key, 'DB', 0, 'REPLACE') end
      return redis.call('SELECT', 0)`;
    await withClient(this.current, (client) => client.eval(script, KEPT.length, ...KEPT));
  }
}

async function withClient<T>(server: RedisServer, use: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(server.url);
  try {
    return await use(client);
  } finally {
    client.disconnect();
  }
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + PATIENCE_MS;
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error('the standby is not in step');
    await sleep(WAIT_MS);
  }
}
