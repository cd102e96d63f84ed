import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { DIALECTS, type KnownDialect } from '../upstream/dialects/dialects.js';
import { unreadable } from './early-errors.js';
import { answerError, knownError } from './gateway-error.filter.js';
import type { Gateway } from './gateway.js';
import type { KeyGate } from './keys/key-gate.js';

/** The calls that are most of the traffic, by their paths. */
const CALLS: ReadonlyMap<string, KnownDialect> = new Map(
  DIALECTS.map((dialect) => [`/v1${dialect.endpoint.path}`, dialect]),
);

const PLAIN_JSON = /^application\/json *(?:; *charset=utf-8)?$/i;

/** A request as the rest of the gateway reads it; frameworks add these as well. */
type Read = IncomingMessage & { body?: unknown; ip?: string | undefined; readonly url: string };

/** The parts of the app that answer the calls. */
interface Direct {
  readonly gate: KeyGate;
  readonly gateway: Gateway;
  /** Longest body, bytes. */
  readonly bodyLimit: number;
}

/**
 * Answers plain calls to the gateway before the framework sees them: its router, parsers and guards cost more than ours
 * does. Anything out of the ordinary (other paths, other encodings, a length that is not known beforehand) is left to
 * the framework. For a server that is the gateway's own: middleware of an app would be passed by.
 */
export function answerDirectly(server: Server, direct: Direct): void {
  const others = server.listeners('request') as ((request: IncomingMessage, response: ServerResponse) => void)[];
  server.removeAllListeners('request');
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const dialect = dialectOf(request, direct.bodyLimit);
    if (dialect) read(request as Read, response, dialect, direct);
    else for (const listener of others) listener.call(server, request, response);
  });
}

/** The format of a call that can be answered directly. */
function dialectOf({ method, url = '', headers }: IncomingMessage, bodyLimit: number): KnownDialect | undefined {
  if (method !== 'POST') return undefined;
  const { 'content-type': type, 'content-length': length, 'content-encoding': encoding } = headers;
  if (type === undefined || encoding !== undefined || !(Number(length) > 0 && Number(length) <= bodyLimit)) {
    return undefined;
  }
  if (type !== 'application/json' && !PLAIN_JSON.test(type)) return undefined;
  const query = url.indexOf('?');
  return CALLS.get(query < 0 ? url : url.slice(0, query));
}

function read(request: Read, response: ServerResponse, dialect: KnownDialect, direct: Direct): void {
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  // Without a listener a caller who leaves in the middle of a body would end the process.
  request.on('error', () => {});
  request.on('end', () => {
    answer(request, response, dialect, parts, direct).catch((error: unknown) => {
      answerError(knownError(error), request, response);
    });
  });
}

async function answer(
  request: Read,
  response: ServerResponse,
  dialect: KnownDialect,
  parts: Buffer[],
  { gate, gateway }: Direct,
): Promise<void> {
  const text = textOf(parts.length === 1 ? parts[0]! : Buffer.concat(parts));
  request.body = parsed(text);
  // The listeners of the request would hold the bytes for as long as a stream lasts.
  parts.length = 0;
  request.ip = request.socket.remoteAddress;
  const admitted = gate.admit(request, 'inference');
  if (admitted !== true) await admitted;
  await gateway.serve(dialect, request, response, text);
}

/** Without the mark that some write in front of it. */
function textOf(bytes: Buffer): string {
  const text = bytes.toString();
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}

/** @throws {BlueGreenError} for a body that is neither an object nor a list, as the parsers of both frameworks do. */
function parsed(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw unreadable(400, error);
  }
  if (typeof value !== 'object' || value === null) throw unreadable(400, undefined);
  return value;
}
