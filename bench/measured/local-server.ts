import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Answers a request whose body has been read. */
export type Answering = (request: IncomingMessage, body: string, response: ServerResponse) => void | Promise<void>;

/** A server on a free port of this machine, for providers that a benchmark plays itself. */
export class LocalServer {
  private constructor(private readonly server: Server) {}

  static async start(answer: Answering): Promise<LocalServer> {
    const server = createServer((request, response) => void answered(request, response, answer));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new LocalServer(server);
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}

async function answered(request: IncomingMessage, response: ServerResponse, answer: Answering): Promise<void> {
  let body = '';
  for await (const part of request.setEncoding('utf8')) body += String(part);
  await answer(request, body, response);
}
