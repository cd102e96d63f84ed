import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ROOT } from '../docs/pages.js';
import { Callers } from './callers.js';
import { Relay, type NameOf } from './relay.js';
import { RunningScript } from './running-script.js';

const SCRIPTS = fileURLToPath(new URL('test/scripts/', ROOT));
const MAIN = fileURLToPath(new URL('dist/lib/cli/main.js', ROOT));
/** Hung is what this is for, not slow. */
const LONGEST_MS = 120_000;

export const isThere = (program: string): boolean => spawnSync(program, ['--version']).status === 0;

export interface WorldOptions {
  /** Reads `RELAY_BASE_URL` and {@link KEYS} from its environment. */
  readonly config: string;
  readonly models: readonly string[];
  /** The key of the scripts; without one, the key that `serve` makes for this run. */
  readonly key?: string;
  readonly nameOf?: NameOf;
}

/** A relay that fails on order, `blue-green serve` in front of it, and scripts that know an address and a key. */
export class ScriptWorld {
  readonly #ending = new AbortController();
  readonly #callers: Callers[] = [];
  #url = '';
  #key = '';

  private constructor(
    readonly relay: Relay,
    private readonly folder: string,
  ) {}

  static async open({ config, models, key, nameOf }: WorldOptions): Promise<ScriptWorld> {
    const relay = await Relay.start(models, nameOf);
    const world = new ScriptWorld(relay, mkdtempSync(join(tmpdir(), 'blue-green-scripts-')));
    try {
      await world.#serve(config, key);
      return world;
    } catch (error) {
      await world.close();
      throw error;
    }
  }

  /** Runs a file of `test/scripts/`. */
  script(program: string, file: string, args: readonly string[] = []): RunningScript {
    return this.#start(program, [join(SCRIPTS, file), ...args]);
  }

  async get(path: string): Promise<string> {
    return (await fetch(`${this.#url}${path}`, { headers: { authorization: `Bearer ${this.#key}` } })).text();
  }

  call(model: string, perSecond: number): Callers {
    const callers = new Callers(this.#url, this.#key, model, perSecond);
    this.#callers.push(callers);
    return callers;
  }

  async close(): Promise<void> {
    await Promise.all(this.#callers.map((callers) => callers.stop()));
    this.#ending.abort();
    await this.relay.stop();
    rmSync(this.folder, { recursive: true });
  }

  async #serve(config: string, key: string | undefined): Promise<void> {
    writeFileSync(this.#config, config);
    const cli = join(this.folder, 'blue-green');
    writeFileSync(cli, `#!/bin/sh\nexec "${process.execPath}" "${MAIN}" "$@"\n`);
    chmodSync(cli, 0o755);
    const server = this.#start(cli, ['serve', '--config', this.#config, '--host', '127.0.0.1', '--port', '0']);
    const line = await server.said(/Listening on http/);
    this.#url = `${/http:\/\/[\d.:]+/.exec(line)![0]}/v1`;
    this.#key = key ?? /[\w-]{43,}/.exec(await server.said(/[\w-]{43,}/))![0];
  }

  get #config(): string {
    return join(this.folder, 'relay.yaml');
  }

  /** With nothing in its environment but what a reader would have set. */
  #start(program: string, args: readonly string[]): RunningScript {
    const env = {
      ...KEYS,
      RELAY_BASE_URL: this.relay.baseUrl,
      PATH: `${this.folder}${delimiter}${process.env['PATH'] ?? ''}`,
      BASE_URL: this.#url,
      API_KEY: this.#key,
      CONFIG: this.#config,
      PYTHONDONTWRITEBYTECODE: '1',
    };
    return new RunningScript(
      program,
      args,
      env,
      AbortSignal.any([this.#ending.signal, AbortSignal.timeout(LONGEST_MS)]),
    );
  }
}

/** The keys that configurations name, and scripts send. */
export const KEYS = {
  RELAY_API_KEY: 'the-key-that-the-relay-knows',
  OPERATOR_KEY: 'the-key-of-an-operator',
  BLUE_API_KEY: 'the-key-of-callers-of-blue',
  GREEN_API_KEY: 'the-key-of-callers-of-green',
};
