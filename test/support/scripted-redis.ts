import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';

/** Stands in for a Redis, and says what a real one cannot be brought to say. */
export class ScriptedRedis {
  private constructor(private readonly server: Server) {}

  /** @param reply what it answers to commands, by their bytes. */
  static async start(reply: (commands: Buffer) => string): Promise<ScriptedRedis> {
    const server = createServer((socket) => {
      // A client that gives up with an answer unread resets the connection: it may.
      socket.on('error', () => socket.destroy());
      socket.on('data', (commands: Buffer) => socket.write(reply(commands)));
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return new ScriptedRedis(server);
  }

  get url(): string {
    return `redis://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Takes no more connections; those that are open stay, until the client leaves. */
  stop(): void {
    this.server.close();
  }
}
