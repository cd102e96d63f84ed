import { createServer } from 'node:http';
import { Pool } from 'undici';

/** The least that a relay can do: parse the body, set the model, send it on, pipe the answer back. */
export function startFloor(upstream: number): Promise<number> {
  const pool = new Pool(`http://127.0.0.1:${upstream}`);
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(parts).toString()) as Record<string, unknown>;
      body['model'] = 'gpt-4o';
      const headers = { 'content-type': 'application/json' };
      pool
        .request({ method: 'POST', path: '/v1/chat/completions', headers, body: JSON.stringify(body) })
        .then((answer) => {
          const names = ['content-type', 'content-length'].filter((name) => answer.headers[name] !== undefined);
          response.writeHead(answer.statusCode, Object.fromEntries(names.map((name) => [name, answer.headers[name]])));
          answer.body.pipe(response);
        })
        .catch(() => response.destroy());
    });
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
  });
}
