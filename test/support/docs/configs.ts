import { parseAllDocuments } from 'yaml';
import { readConfig } from '../../../lib/cli/config-file.js';
import { parseOptions } from '../../../lib/options/parse-options.js';
import type { BlueGreenExtras } from 'nestjs-blue-green';
import type { ManyRoutesOptions } from '../../../lib/options/blue-green-options.js';
import type { CodeBlock } from './markdown.js';

/** A value for each variable that is asked for: addresses are addresses, the rest would do as a key. */
function variablesIn(text: string): Record<string, string> {
  const names = [...text.matchAll(/\$\{(\w+)|process\.env(?:\.|\[')(\w+)/g)].map(([, yaml, code]) => (yaml ?? code)!);
  return Object.fromEntries(names.map((name) => [name, valueOf(name)]));
}

function valueOf(name: string): string {
  if (name.startsWith('REDIS')) return 'redis://localhost:6379';
  if (name.endsWith('URL')) return 'https://relay.example.com/v1';
  return name.includes('WEBHOOK') ? `whsec_${'A'.repeat(44)}` : `${name}-`.padEnd(40, 'x');
}

/**
 * Whether `serve` would start with it. A block of something else says so behind its fence: ```` ```yaml kubernetes
 * ````.
 */
export function yamlProblem({ file, line, info, code }: CodeBlock): string | undefined {
  try {
    if (info === '') readConfig(code, variablesIn(code));
    else for (const { errors } of parseAllDocuments(code)) if (errors[0]) throw errors[0];
    return undefined;
  } catch (error) {
    return `${file}:${line} ${(error as Error).message}`;
  }
}

/** Whether the module would take the options that a compiled block exports. */
export async function optionsProblem(block: CodeBlock, url: string): Promise<string | undefined> {
  const before = { ...process.env };
  Object.assign(process.env, variablesIn(block.code));
  try {
    const { default: all } = (await import(url)) as { default: ManyRoutesOptions & BlueGreenExtras };
    const {
      isGlobal: _,
      gateway: _g,
      controlApi: _c,
      dashboard: _d,
      prometheus: _p,
      healthController: _h,
      ...options
    } = all;
    parseOptions(options);
    return undefined;
  } catch (error) {
    return `${block.file}:${block.line} ${(error as Error).message}`;
  } finally {
    process.env = before;
  }
}
