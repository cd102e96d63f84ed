import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isObject, parseJson } from '../../lib/kit/json.js';
import { objectsIn } from '../../lib/upstream/dialects/request-parts.js';
import { each, NotInstalled, type Client, type Place } from './client.js';
import { fromNpm } from './installed.js';
import { program, type Ran } from './program.js';

const VERSION = '2.1.197';

/** Where the program is, once it is installed. @throws {NotInstalled} */
export async function claudeCodeFromNpm(): Promise<string> {
  const modules = await fromNpm('@anthropic-ai/claude-code', VERSION);
  const binary = join(modules, `@anthropic-ai/claude-code-${process.platform}-${process.arch}`, 'claude');
  if (!existsSync(binary)) throw new NotInstalled(`no build for ${process.platform} on ${process.arch}`);
  return binary;
}

/** One session. It may call its shell. @param prepare puts files into its home. */
export function runClaudeCode(
  binary: string,
  { origin, apiKey }: Pick<Place, 'origin' | 'apiKey'>,
  prompt: string,
  more: Readonly<Record<string, string>> = {},
  prepare?: (home: string) => Promise<void>,
): Promise<Ran> {
  const args = ['-p', prompt, '--allowedTools', 'Bash', '--output-format', 'json'];
  return program(binary, args, async (home) => {
    await prepare?.(home);
    return {
      ANTHROPIC_BASE_URL: origin,
      ANTHROPIC_API_KEY: apiKey,
      ANTHROPIC_MODEL: 'chat',
      ANTHROPIC_SMALL_FAST_MODEL: 'chat',
      CLAUDE_CODE_MAX_RETRIES: '4',
      DISABLE_AUTOUPDATER: '1',
      DISABLE_ERROR_REPORTING: '1',
      DISABLE_TELEMETRY: '1',
      IS_SANDBOX: '1',
      ...more,
    };
  });
}

/** The result that a session has printed. */
export function resultOf({ out }: Ran): Readonly<Record<string, unknown>> | undefined {
  const said = parseJson(out.trim().split('\n').at(-1) ?? '');
  return isObject(said) ? said : undefined;
}

/** Claude Code, as people run it in scripts. */
export class ClaudeCode implements Client {
  readonly name = 'Claude Code';
  readonly version = VERSION;
  #binary = '';

  async prepare(): Promise<void> {
    this.#binary = await claudeCodeFromNpm();
  }

  run(place: Place) {
    const ask = (prompt: string) => () => this.#ask(place, prompt);
    return each({
      'says something': ask('Say hello.'),
      'thinks, runs a tool, and answers with its result': ask('THINK and RUN it.'),
      'shows its context without a paid call': ask('/context'),
      'is asked again after an overload': ask(`ONCE529-${place.name}`),
      'waits for retry-after': ask(`ONCE429-wait${place.name}`),
    });
  }

  async #ask(place: Place, prompt: string): Promise<unknown> {
    const { seen } = place;
    seen();
    const quiet = { CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1' };
    const ran = await runClaudeCode(this.#binary, place, prompt, quiet);
    const said = resultOf(ran);
    if (!said) return { unreadable: ran.out.slice(0, 500) };
    const isContext = prompt === '/context';
    return {
      failed: said['is_error'],
      // The list of what fills the context has estimates of its own in it.
      result: isContext ? undefined : said['result'],
      turns: said['num_turns'],
      // An overload may be outlived by either side; what the last request carries is the same.
      conversation: conversationIn(seen().at(-1)),
    };
  }
}

/** The kinds of blocks that a request carries, thoughts and results of tools among them. */
function conversationIn(body: Readonly<Record<string, unknown>> | undefined): readonly string[] {
  return objectsIn(body?.['messages']).map(({ role, content }) => {
    const kinds = typeof content === 'string' ? ['text'] : objectsIn(content).map(({ type }) => String(type));
    return `${String(role)}: ${kinds.join(', ')}`;
  });
}
