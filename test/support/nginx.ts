import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { freePort } from './free-port.js';

/**
 * A real nginx with TLS in front of an app, its defaults as they are: it buffers answers, and compresses what it may.
 */
export class Nginx {
  private constructor(
    readonly port: number,
    private readonly folder: string,
    private readonly child: ChildProcess,
  ) {}

  static async before(appPort: number): Promise<Nginx> {
    const folder = await mkdtemp(join(tmpdir(), 'blue-green-nginx-'));
    const port = await freePort();
    const subject = ['-subj', '/CN=localhost', '-days', '1'];
    const files = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')];
    execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...subject, ...files], {
      stdio: 'ignore',
    });
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
      .map((name) => `${name}_temp_path ${folder}/${name};`)
      .join('\n');
    await writeFile(
      join(folder, 'nginx.conf'),
      `daemon off;
pid ${folder}/pid;
error_log stderr notice;
events {}
http {
  access_log off;
  ${temporary}
  gzip on;
  server {
    listen 127.0.0.1:${port} ssl;
    ssl_certificate ${folder}/cert.pem;
    ssl_certificate_key ${folder}/key.pem;
    location / { proxy_pass http://127.0.0.1:${appPort}; }
  }
}
`,
    );
    const child = spawn('nginx', ['-c', join(folder, 'nginx.conf'), '-e', 'stderr'], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    await saidBy(child.stderr, 'start worker process');
    return new Nginx(port, folder, child);
  }

  async stop(): Promise<void> {
    this.child.kill('SIGTERM');
    await once(this.child, 'exit');
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** Resolves when a line says so. By then nginx listens. Its later lines are read and let go of. */
function saidBy(stream: Readable, words: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let text = '';
    stream.setEncoding('utf8').on('data', (part: string) => {
      text = (text + part).slice(-10_000);
      if (text.includes(words)) resolve();
    });
    stream.on('end', () => reject(new Error(`nginx ended: ${text}`)));
  });
}
