import { connect, type Socket } from 'node:net';

/** The request that is sent over and over. */
export interface Load {
  readonly port: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly connections: number;
  readonly ms: number;
}

export interface LoadResult {
  readonly perSecond: number;
  readonly errors: number;
  /** Milliseconds, ascending: from the request to the end of its answer. */
  readonly times: readonly number[];
  /** The same to the first byte of the answer's body. */
  readonly firstBytes: readonly number[];
}

const END_OF_CHUNKS = Buffer.from('0\r\n\r\n');
const END_OF_HEADERS = Buffer.from('\r\n\r\n');

/**
 * Asks over plain sockets, one request after the other on each. Reads no more of HTTP than it takes to find the end of
 * an answer: what the generator costs is taken from the servers it shares the machine with.
 */
export async function load({ port, path, headers, body, connections, ms }: Load): Promise<LoadResult> {
  const lines = Object.entries({ host: 'localhost', 'content-type': 'application/json', ...headers });
  const request = Buffer.from(
    `POST ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}` +
      `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
  const result = { errors: 0, times: [] as number[], firstBytes: [] as number[] };
  const began = performance.now();
  const until = began + ms;
  await Promise.all(Array.from({ length: connections }, () => repeat(port, request, until, result)));
  const seconds = (performance.now() - began) / 1000;
  result.times.sort((a, b) => a - b);
  result.firstBytes.sort((a, b) => a - b);
  return { perSecond: result.times.length / seconds, ...result };
}

function repeat(
  port: number,
  request: Buffer,
  until: number,
  result: { errors: number; times: number[]; firstBytes: number[] },
): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.setNoDelay(true);
    let answer = new Answer();
    let began = 0;
    const next = (): void => {
      if (performance.now() >= until) {
        socket.destroy();
        resolve();
        return;
      }
      answer = new Answer();
      began = performance.now();
      socket.write(request);
    };
    socket.on('connect', next);
    socket.on('data', (chunk: Buffer) => {
      const hadBody = answer.hasBody;
      answer.take(chunk);
      if (!hadBody && answer.hasBody) result.firstBytes.push(performance.now() - began);
      if (!answer.isWhole) return;
      if (answer.status === 200) result.times.push(performance.now() - began);
      else result.errors++;
      next();
    });
    socket.on('error', () => fail(socket));
    socket.on('end', () => fail(socket));
    const fail = (broken: Socket): void => {
      result.errors++;
      broken.destroy();
      resolve();
    };
  });
}

class Answer {
  status = 0;
  hasBody = false;
  isWhole = false;
  #head: Buffer = Buffer.alloc(0);
  /** Bytes of the body that are still to come; `undefined` when it comes in chunks. */
  #left: number | undefined;
  #tail: Buffer = Buffer.alloc(0);
  #headDone = false;

  take(chunk: Buffer): void {
    if (this.#headDone) {
      this.#takeBody(chunk);
      return;
    }
    this.#head = this.#head.length === 0 ? chunk : Buffer.concat([this.#head, chunk]);
    const end = this.#head.indexOf(END_OF_HEADERS);
    if (end < 0) return;
    this.#headDone = true;
    const text = this.#head.toString('latin1', 0, end).toLowerCase();
    this.status = Number(text.slice(9, 12));
    const length = /\ncontent-length: *(\d+)/.exec(text);
    this.#left = length ? Number(length[1]) : undefined;
    this.#takeBody(this.#head.subarray(end + 4));
  }

  #takeBody(chunk: Buffer): void {
    if (chunk.length > 0) this.hasBody = true;
    if (this.#left !== undefined) {
      this.#left -= chunk.length;
      this.isWhole = this.#left <= 0;
      return;
    }
    this.#tail = chunk.length >= 5 ? chunk : Buffer.concat([this.#tail, chunk]);
    this.isWhole = this.#tail.subarray(-5).equals(END_OF_CHUNKS);
  }
}
