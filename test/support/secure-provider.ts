import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createSecureServer, type Http2SecureServer, type Http2ServerResponse } from 'node:http2';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chat } from '../../lib/testing/formats/chat.js';

/** A certificate that nobody has signed but itself. */
export interface OwnCertificate {
  readonly key: string;
  readonly cert: string;
  /** Where the certificate lies. */
  readonly path: string;
  readonly keyPath: string;
  remove(): void;
}

/** The name that the certificate is for. No resolver knows it: only a proxy gets there. */
export const PROVIDER_NAME = 'provider.test';

export function ownCertificate(): OwnCertificate {
  const folder = mkdtempSync(join(tmpdir(), 'bg-tls-'));
  const [keyPath, path] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const names = `subjectAltName=DNS:${PROVIDER_NAME},IP:127.0.0.1`;
  const made = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', keyPath, '-out', path];
  const about = ['-subj', `/CN=${PROVIDER_NAME}`, '-addext', names, '-days', '2'];
  execFileSync('openssl', ['req', '-x509', ...made, ...about], { stdio: 'ignore' });
  return {
    key: readFileSync(keyPath, 'utf8'),
    cert: readFileSync(path, 'utf8'),
    path,
    keyPath,
    remove: () => rmSync(folder, { recursive: true }),
  };
}

/** A provider of chats over TLS that speaks HTTP/2 and 1.1. */
export class SecureProvider {
  /** HTTP version and key of each call. */
  readonly calls: { readonly version: string; readonly key: string | undefined }[] = [];
  /** Ends when the caller of the newest stream has left. */
  left: Promise<unknown> = Promise.resolve();

  private constructor(private readonly server: Http2SecureServer) {}

  /** @param endless its streams never end. */
  static async start({ key, cert }: OwnCertificate, endless = false): Promise<SecureProvider> {
    const server = createSecureServer({ key, cert, allowHTTP1: true });
    const provider = new SecureProvider(server);
    server.on('request', (request, response) => {
      provider.calls.push({ version: request.httpVersion, key: request.headers.authorization });
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const body = JSON.parse(Buffer.concat(chunks).toString()) as { model: string; stream?: boolean };
        if (body.stream === true) provider.left = once(response, 'close');
        provider.#answer(body, response, endless);
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return provider;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    this.server.close();
    await once(this.server, 'close');
  }

  #answer(
    { model, stream }: { model: string; stream?: boolean },
    response: Http2ServerResponse,
    endless: boolean,
  ): void {
    const words = ['Hello', ' there'];
    const said = { model, words, usage: { inputTokens: 3, cachedInputTokens: 0, outputTokens: 2 } };
    if (stream !== true) {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(chat.whole(said, {})));
      return;
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(chat.start(said));
    for (const word of words) response.write(chat.word(model, word));
    if (!endless) response.end(chat.end(said));
  }
}

/** A proxy that tunnels. It finds every host on this machine. */
export class ConnectProxy {
  /** `host:port` of each tunnel, and who asked for it. */
  readonly tunnels: { readonly to: string; readonly user: string | undefined }[] = [];
  readonly #sockets = new Set<Socket>();

  private constructor(private readonly server: Server) {}

  /** @param user whom it serves, as `name:password`; absent: everybody. */
  static async start(user?: string): Promise<ConnectProxy> {
    const server = createServer();
    const proxy = new ConnectProxy(server);
    server.on('connect', (request, client: Socket) => {
      const basic = request.headers['proxy-authorization']?.replace('Basic ', '');
      const asker = basic === undefined ? undefined : Buffer.from(basic, 'base64').toString();
      proxy.tunnels.push({ to: request.url!, user: asker });
      if (user !== undefined && asker !== user) {
        client.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
        return;
      }
      const upstream = connect(Number(request.url!.split(':')[1]), '127.0.0.1', () => {
        client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
        upstream.pipe(client).pipe(upstream);
      });
      for (const socket of [client, upstream]) {
        proxy.#sockets.add(socket);
        socket.on('error', () => socket.destroy());
      }
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return proxy;
  }

  get address(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}
