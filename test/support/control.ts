import type { INestApplication } from '@nestjs/common';
import { KEY } from './gateway.js';
import { urlOf } from './stage.js';

/** A key that may do everything, one that may look, and one that may call no model. */
export const OPERATOR = 'gateway-key-of-an-operator';
export const READER = 'gateway-key-of-a-reader';
export const OPERATOR_ONLY = 'gateway-key-of-an-operator-alone';

/** The control API beside the gateway. */
export const controlOptions = {
  controlApi: true,
  keys: [
    { name: 'web', key: KEY },
    { name: 'script', key: OPERATOR, scopes: ['inference' as const, 'read' as const, 'operate' as const] },
    { name: 'reader', key: READER, scopes: ['read' as const] },
    { name: 'operator', key: OPERATOR_ONLY, scopes: ['read' as const, 'operate' as const] },
  ],
};

export interface ControlReply {
  readonly status: number;
  readonly headers: Headers;
  readonly json: Readonly<Record<string, unknown>>;
}

/** Asks the control API of an app below `/v1`. A body that is text is sent as it is. */
export async function control(
  app: INestApplication,
  method: string,
  path: string,
  body?: object | string,
  headers: Readonly<Record<string, string>> = {},
): Promise<ControlReply> {
  const response = await fetch(`${urlOf(app)}/v1${path}`, {
    method,
    headers: {
      authorization: `Bearer ${OPERATOR}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  return { status: response.status, headers: response.headers, json: (await response.json()) as ControlReply['json'] };
}
