import type { Command } from 'commander';
import { program } from '../../../lib/cli/program.js';
import { commandsIn } from './shell.js';
import type { CodeBlock } from './markdown.js';
import { read } from './pages.js';

interface Manifest {
  readonly name: string;
  readonly scripts: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

/**
 * What is wrong with the commands of a shell block, as `file:line message`. Programs that are not ours are passed over.
 */
export async function commandProblems({ file, line, code }: CodeBlock): Promise<string[]> {
  const found: string[] = [];
  for (const command of commandsIn(code)) {
    const [name = '', ...args] = command.words[0] === 'npx' ? command.words.slice(1) : command.words;
    const problem = name === 'blue-green' ? await cliProblem(args) : name === 'npm' ? npmProblem(args) : undefined;
    if (problem !== undefined) found.push(`${file}:${line + command.line} ${problem}`);
  }
  return found;
}

/** Reads the words as the command line would, and does nothing. */
export async function cliProblem(args: readonly string[]): Promise<string | undefined> {
  const cli = program();
  for (const verb of [cli, ...cli.commands] as Command[]) {
    verb.exitOverride().configureOutput({ writeOut: () => undefined, writeErr: () => undefined });
    if (verb !== cli) verb.action(() => undefined);
  }
  try {
    await cli.parseAsync(args, { from: 'user' });
    return undefined;
  } catch (error) {
    const { code, message } = error as Error & { code?: string };
    return code === 'commander.helpDisplayed' ? undefined : message;
  }
}

/** Scripts have to be there, and packages to be known. */
function npmProblem([verb = '', ...rest]: readonly string[]): string | undefined {
  const { name, scripts, ...kinds } = JSON.parse(read('package.json')) as Manifest;
  const words = rest.filter((word) => !word.startsWith('-'));
  const known = { ...kinds.dependencies, ...kinds.peerDependencies, ...kinds.devDependencies, [name]: '' };
  if (verb === 'run' && scripts[words[0] ?? ''] === undefined) return `there is no script ${words[0]}`;
  if (verb !== 'install' && verb !== 'i') return undefined;
  const unknown = words.map((word) => word.replace(/(?<=.)@[^/]*$/, '')).filter((word) => !(word in known));
  return unknown.length === 0 ? undefined : `nobody here knows ${unknown.join(', ')}`;
}
