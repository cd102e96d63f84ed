/** A request as it came over the socket. */
export interface RawRequest {
  readonly method: string;
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const HEAD_END = '\r\n\r\n';

/** Cuts the bytes of one socket into HTTP/1.1 requests. Knows bodies with a `content-length` only. */
export class RequestReader {
  #pending = Buffer.alloc(0);

  /** The requests that these bytes complete. */
  feed(bytes: Buffer): RawRequest[] {
    this.#pending = Buffer.concat([this.#pending, bytes]);
    const requests: RawRequest[] = [];
    for (let request = this.#next(); request; request = this.#next()) requests.push(request);
    return requests;
  }

  #next(): RawRequest | undefined {
    const headEnd = this.#pending.indexOf(HEAD_END);
    if (headEnd < 0) return undefined;
    const [requestLine = '', ...lines] = this.#pending.toString('latin1', 0, headEnd).split('\r\n');
    const headers = Object.fromEntries(lines.map(headerOf));
    if (headers['transfer-encoding'] !== undefined) throw new Error('This provider takes no chunked request bodies.');
    const bodyStart = headEnd + HEAD_END.length;
    const bodyEnd = bodyStart + Number(headers['content-length'] ?? 0);
    if (this.#pending.length < bodyEnd) return undefined;
    const body = this.#pending.toString('utf8', bodyStart, bodyEnd);
    this.#pending = this.#pending.subarray(bodyEnd);
    const [method = '', path = ''] = requestLine.split(' ');
    return { method, path, headers, body };
  }
}

function headerOf(line: string): [string, string] {
  const colon = line.indexOf(':');
  return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
}
