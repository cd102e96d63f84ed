import { once } from 'node:events';
import { request, type Agent, type IncomingMessage } from 'node:http';
import type { HttpAsk } from './world.js';

/** A caller of the gateway, on connections that it keeps. */
export class Client {
  constructor(
    private readonly url: string,
    private readonly key: string,
    private readonly agent: Agent,
  ) {}

  /** Sends a chat, reads the whole answer, and returns its status; a stream that breaks is a 599. */
  async send({ user, tenant, streamed, structured }: HttpAsk): Promise<number> {
    const headers = {
      authorization: `Bearer ${this.key}`,
      'content-type': 'application/json',
      'x-user-id': `user-${user}`,
    };
    const sending = request(this.url, { method: 'POST', agent: this.agent, headers });
    sending.end(
      JSON.stringify({
        model: 'chat',
        stream: streamed,
        messages: [{ role: 'user', content: `Where is the parcel of tenant ${tenant}? In JSON, if asked.` }],
        ...(structured && { response_format: { type: 'json_object' } }),
      }),
    );
    const [response] = (await once(sending, 'response')) as [IncomingMessage];
    try {
      for await (const part of response) void part;
      return response.statusCode ?? 0;
    } catch {
      return 599;
    }
  }
}
