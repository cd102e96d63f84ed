import { parseArgs } from 'node:util';
import { AiSdk } from './ai-sdk.js';
import { ClaudeCode } from './claude-code.js';
import { NotInstalled, type Client } from './client.js';
import { Codex } from './codex.js';
import { compared, type Row } from './compared.js';
import { LangChain } from './langchain.js';
import { PythonSdk } from './python-sdk.js';

const CLIENTS: readonly Client[] = [
  new ClaudeCode(),
  new Codex(),
  new PythonSdk('openai', '3.57.0'),
  new PythonSdk('anthropic', '2.14.0'),
  new AiSdk(),
  new LangChain(),
];

/**
 * Real clients: each exercise once directly at a provider, and once through the gateway while weights move. `--only`
 * chooses clients by a part of their name. Returns 1 when a result differs.
 */
export async function clients(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: { only: { type: 'string', default: '' } } });
  const chosen = CLIENTS.filter(({ name }) => name.toLowerCase().includes(values.only.toLowerCase()));
  if (chosen.length === 0) {
    console.error(`There is no such client. There are: ${CLIENTS.map(({ name }) => name).join(', ')}.`);
    return 2;
  }
  console.log(
    '| client | version | exercises | different | weights moved | takes |\n| --- | --- | --- | --- | --- | --- |',
  );
  const rows: Row[] = [];
  for (const client of chosen) {
    const row = await rowOf(client);
    if (row) rows.push(row);
  }
  for (const { client, differences } of rows) {
    for (const { exercise, direct, gateway } of differences) {
      console.log(`\n${client}: ${exercise}\n  direct:  ${shortened(direct)}\n  gateway: ${shortened(gateway)}`);
    }
  }
  const different = rows.reduce((sum, { differences }) => sum + differences.length, 0);
  console.log(`\n${JSON.stringify({ checks: rows.reduce((sum, { checks }) => sum + checks, 0), different })}`);
  return different === 0 ? 0 : 1;
}

async function rowOf(client: Client): Promise<Row | undefined> {
  const { name, version } = client;
  try {
    const row = await compared(client);
    const { checks, differences, moves, seconds } = row;
    console.log(`| ${[name, version, checks, differences.length, moves, `${seconds.toFixed(0)} s`].join(' | ')} |`);
    return row;
  } catch (error) {
    if (!(error instanceof NotInstalled)) throw error;
    console.log(`| ${name} | ${version} | skipped: ${error.message} | | | |`);
    return undefined;
  }
}

function shortened(text: string): string {
  return text.length > 1_500 ? `${text.slice(0, 1_500)}…` : text;
}
