import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Ask, Said, ToolDefinition, ToolUse } from '../vendors/exercise.js';

const PARTS = [1, 2, 3];

/** Tools of agents that run a command. */
const SHELLS = new Set(['Bash', 'exec_command', 'shell_command', 'shell']);

/** Something that only an agent with tools can do: files whose words are in nobody's prompt. */
export class Task {
  readonly id = `task-${randomBytes(6).toString('hex')}`;
  readonly #secrets = PARTS.map(() => randomBytes(6).toString('hex'));

  readonly prompt = `${this.id}: read part-1.txt, part-2.txt and part-3.txt, and tell me what they say.`;

  async prepare(home: string): Promise<void> {
    await Promise.all(
      PARTS.map((part, at) => writeFile(join(home, `part-${part}.txt`), `part ${part} is ${this.#secrets[at]}\n`)),
    );
  }

  /** Whether a text has the words of all files in it: the tools ran, and the model got all their results. */
  isDoneIn(text: string): boolean {
    return this.#secrets.every((secret) => text.includes(secret));
  }
}

/** The task that a request is about. */
export function taskIn(text: string): string | undefined {
  return /task-[0-9a-f]{12}/.exec(text)?.[0];
}

/**
 * The model's part: one file, then two at once, then all, then their words. It thinks every time. A request without a
 * shell is for something else, a title of the session.
 */
export function saidTo({ tools = [], turns, schema }: Ask, callId: (n: number) => string): Said {
  const shell = tools.find(({ name }) => SHELLS.has(name));
  const tokens = { input: 20, cached: 0, output: 8, reasoning: 2 };
  if (!shell) return { text: schema ? '{"title":"Parts of a text"}' : 'Parts', uses: [], end: 'stop', tokens };
  const heard = turns.flatMap(({ outcomes = [] }) => outcomes.map(({ text }) => text));
  const commands = commandsAfter(heard.length);
  const uses = commands.map((command, n): ToolUse => ({
    id: callId(n),
    name: shell.name,
    args: argumentsOf(shell, command),
  }));
  const thought = `After ${heard.length} results, ${commands.length} commands.`;
  if (uses.length > 0) return { thought, text: 'I look.', uses, end: 'tools', tokens };
  const words = heard.flatMap((text) => text.match(/part \d is [0-9a-f]{12}/g) ?? []);
  return { thought, text: `They say: ${[...new Set(words)].join('; ')}.`, uses: [], end: 'stop', tokens };
}

function commandsAfter(results: number): readonly string[] {
  if (results === 0) return ['cat part-1.txt'];
  if (results === 1) return ['cat part-2.txt', 'cat part-3.txt'];
  return results === 3 ? ['sort part-*.txt'] : [];
}

function argumentsOf({ schema }: ToolDefinition, command: string): Readonly<Record<string, unknown>> {
  const fields = Object(schema['properties']) as Readonly<Record<string, unknown>>;
  return {
    ['cmd' in fields ? 'cmd' : 'command']: command,
    ...('description' in fields && { description: 'Read files' }),
  };
}
