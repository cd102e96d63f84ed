import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../test/support/free-port.js';
import { answering, type Peer } from './peer.js';

/** With the versions beside which its streams work on Node 20. */
const PACKAGE = {
  private: true,
  dependencies: { '@portkey-ai/gateway': '1.15.2' },
  overrides: { '@hono/node-server': '1.13.5', hono: '4.9.7', '@hono/node-ws': '1.2.0' },
};

/**
 * Portkey's gateway in a process of its own; `undefined` where it cannot be had. Installed beside the benchmark, for it
 * alone.
 */
export async function startPortkey(): Promise<Peer | undefined> {
  const folder = join(tmpdir(), 'blue-green-bench-portkey');
  const script = join(folder, 'node_modules/@portkey-ai/gateway/build/start-server.js');
  try {
    if (!existsSync(script)) {
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, 'package.json'), JSON.stringify(PACKAGE));
      const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund'];
      execFileSync('npm', args, { cwd: folder, stdio: 'ignore', timeout: 180_000 });
    }
  } catch {
    return undefined;
  }
  const port = await freePort();
  const child = spawn(process.execPath, [script, '--headless', `--port=${port}`], { stdio: 'ignore' });
  return answering({ port, child });
}

export function portkeyHeaders(upstream: number): Record<string, string> {
  return {
    'x-portkey-provider': 'openai',
    'x-portkey-custom-host': `http://127.0.0.1:${upstream}/v1`,
    authorization: 'Bearer sk-upstream',
  };
}
