import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { objectAt, parseJson, stringAt, type JsonObject } from '../../lib/kit/json.js';
import { objectsIn } from '../../lib/upstream/dialects/request-parts.js';
import { each, type Client, type Place } from './client.js';
import { fromNpm } from './installed.js';
import { program, type Ran } from './program.js';

const VERSION = '0.171.0';

/** Where the program is, once it is installed. @throws {NotInstalled} */
export async function codexFromNpm(): Promise<string> {
  return join(await fromNpm('@openai/codex', VERSION), '@openai/codex/bin/codex.js');
}

/** One session. @param prepare puts files into its home. */
export function runCodex(
  launcher: string,
  { origin, apiKey }: Pick<Place, 'origin' | 'apiKey'>,
  prompt: string,
  more: Readonly<Record<string, string>> = {},
  prepare?: (home: string) => Promise<void>,
): Promise<Ran> {
  const args = [launcher, 'exec', '--skip-git-repo-check', '--json', prompt];
  return program(process.execPath, args, async (home) => {
    await writeFile(join(home, 'config.toml'), configFor(origin));
    await prepare?.(home);
    return { CODEX_HOME: home, BENCH_KEY: apiKey, ...more };
  });
}

/** The events that a session has printed. */
export function eventsOf({ out }: Ran): readonly JsonObject[] {
  return objectsIn(out.split('\n').map(parseJson));
}

/** Codex CLI, as people run it in scripts. */
export class Codex implements Client {
  readonly name = 'Codex CLI';
  readonly version = VERSION;
  #launcher = '';

  async prepare(): Promise<void> {
    this.#launcher = await codexFromNpm();
  }

  run(place: Place) {
    const ask = (prompt: string) => () => this.#ask(place, prompt);
    return each({
      'says something': ask('Say hello.'),
      'runs a tool, and answers with its result': ask('RUN it.'),
      'thinks, runs a tool, and answers with its result': ask('THINK and RUN it.'),
      'is asked again after a 500': ask(`ONCE500-codex${place.name}`),
    });
  }

  async #ask(place: Place, prompt: string): Promise<unknown> {
    const { seen } = place;
    seen();
    const ran = await runCodex(this.#launcher, place, prompt);
    const events = eventsOf(ran);
    const items = events.map((event) => objectAt(event, 'item') ?? {});
    return {
      events: events.map(({ type }) => type).filter((type) => type !== 'item.updated'),
      said: items
        .filter(({ type }) => type === 'agent_message')
        .map((item) => stringAt(item, 'text')?.replaceAll(OWN, '')),
      ran: items.filter(({ type }) => type === 'command_execution').map((item) => stringAt(item, 'aggregated_output')),
      conversation: objectsIn(seen().at(-1)?.['input']).map((item) =>
        [stringAt(item, 'type'), stringAt(item, 'role')].join(' '),
      ),
      ...(events.length === 0 && { unreadable: ran.out.slice(0, 500) }),
    };
  }
}

/** Lines that Codex itself adds to the result of a tool: never the same twice. */
const OWN = /Chunk ID: \w+|Wall time: [\d.]+ seconds/g;

function configFor(origin: string): string {
  return `model = "chat"
model_provider = "bench"
approval_policy = "never"
sandbox_mode = "danger-full-access"
check_for_update_on_startup = false

[model_providers.bench]
name = "bench"
base_url = "${origin}/v1"
env_key = "BENCH_KEY"
wire_api = "responses"
request_max_retries = 2
stream_max_retries = 2
`;
}
