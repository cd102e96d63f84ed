import type { Server } from 'node:http';
import { connect } from 'node:net';
import type { INestApplication } from '@nestjs/common';
import { urlOf } from './stage.js';

/** For {@link sendRaw}: has the server answer who has said all that there is to say, instead of taking him for gone. */
export function answersHalfClosed(app: INestApplication): void {
  Object.assign(app.getHttpServer() as Server, { httpAllowHalfOpen: true });
}

/** Sends these bytes, as they are, and nothing more; what comes back until the connection is closed. */
export function sendRaw(app: INestApplication, bytes: string | Buffer): Promise<string> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(Number(new URL(urlOf(app)).port), '127.0.0.1');
    // A server that will not hear more resets the connection: what it has said counts.
    socket.on('error', () => undefined).on('close', () => resolve(answer));
    socket.setEncoding('latin1').on('data', (text: string) => (answer += text));
    socket.end(bytes);
  });
}

/** The statuses of all answers in it. */
export function statusesIn(answer: string): number[] {
  return [...answer.matchAll(/^HTTP\/1\.1 (\d{3}) /gm)].map(([, status]) => Number(status));
}

/** A request as it should be, to be spoilt: its head as lines, and its body. */
export function rawCall(key: string, body: string, headers: readonly string[] = []): string {
  const usual = ['host: gateway', `authorization: Bearer ${key}`, 'content-type: application/json'];
  const length = headers.some((line) => /content-length|transfer-encoding/i.test(line)) ? [] : [lengthOf(body)];
  return `${['POST /v1/chat/completions HTTP/1.1', ...usual, ...length, ...headers].join('\r\n')}\r\n\r\n${body}`;
}

function lengthOf(body: string): string {
  return `content-length: ${Buffer.byteLength(body)}`;
}
