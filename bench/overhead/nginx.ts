import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../test/support/free-port.js';
import { answering, type Peer } from './peer.js';

/** Splits by a header and relays; knows nothing of models, so what it relays has to be addressed already. */
function configOf(folder: string, port: number, upstream: number): string {
  const group = (name: string): string => `upstream ${name} { server 127.0.0.1:${upstream}; keepalive 64; }`;
  const temp = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((of) => `${of}_temp_path ${folder}/${of};`);
  return `
    daemon off; worker_processes 1; pid ${folder}/pid; error_log ${folder}/error.log;
    events { worker_connections 1024; }
    http {
      access_log off; keepalive_requests 1000000000; client_body_buffer_size 1m; ${temp.join(' ')}
      ${group('blue')} ${group('green')}
      split_clients "$http_x_user_id" $environment { 75% blue; * green; }
      server {
        listen 127.0.0.1:${port};
        location = / { return 204; }
        location / { proxy_pass http://$environment; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_buffering off; }
      }
    }`;
}

/** nginx with `split_clients`, where it is installed; `undefined` elsewhere. */
export async function startNginx(upstream: number): Promise<Peer | undefined> {
  try {
    execFileSync('nginx', ['-v'], { stdio: 'ignore' });
  } catch {
    return undefined;
  }
  const folder = mkdtempSync(join(tmpdir(), 'blue-green-bench-nginx-'));
  mkdirSync(join(folder, 'logs'));
  const config = join(folder, 'nginx.conf');
  const port = await freePort();
  writeFileSync(config, configOf(folder, port, upstream));
  return answering({ port, child: spawn('nginx', ['-p', folder, '-c', config], { stdio: 'ignore' }) });
}
