import { spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { freePort } from '../../test/support/free-port.js';
import { pythonWith } from '../clients/installed.js';
import { answering, type Peer } from './peer.js';

const VERSION = '1.108.7';
export const LITELLM_KEY = 'sk-overhead-benchmark';
/** It takes its time to load. */
const PATIENCE_MS = 90_000;

/** LiteLLM's proxy with one worker; `undefined` where it cannot be had. */
export async function startLitellm(upstream: number): Promise<Peer | undefined> {
  const python = await pythonWith({ 'litellm[proxy]': VERSION }).catch(() => undefined);
  if (python === undefined) return undefined;
  const port = await freePort();
  const config = join(mkdtempSync(join(tmpdir(), 'blue-green-bench-litellm-')), 'config.yaml');
  const params = { model: 'openai/gpt-4o', api_base: `http://127.0.0.1:${upstream}/v1`, api_key: 'sk-upstream' };
  writeFileSync(config, JSON.stringify({ model_list: [{ model_name: 'gpt-4o', litellm_params: params }] }));
  const env = { ...process.env, LITELLM_MASTER_KEY: LITELLM_KEY, LITELLM_LOCAL_MODEL_COST_MAP: 'True' };
  const args = ['--config', config, '--host', '127.0.0.1', '--port', String(port), '--num_workers', '1'];
  const child = spawn(join(dirname(python), 'litellm'), args, { env, stdio: 'ignore' });
  return answering({ port, child }, PATIENCE_MS);
}
