import { Reflector } from '@nestjs/core';
import type { z } from 'zod';

/** The description of an endpoint. Method, path, status and scope come from its decorators. */
export interface OperationSpec {
  /** The group it belongs to in the document. Default: the name of its controller. */
  readonly group?: string;
  /** One sentence for people. */
  readonly summary: string;
  /** The schema that checks the query. */
  readonly query?: z.ZodObject;
  /** The schema that checks the body. */
  readonly body?: z.ZodType;
  /** The schema of a success. */
  readonly answer: z.ZodType;
  /** Media types of a success that is not JSON. */
  readonly media?: readonly string[];
  /** A success may be server-sent events: `too`, beside JSON, or `only`. */
  readonly events?: 'too' | 'only';
  /** Error statuses beyond those that every endpoint of its kind has. */
  readonly errors?: readonly ErrorStatus[];
  /** The shape of its errors. Default: OpenAI's. */
  readonly error?: { readonly name: string; readonly schema: z.ZodType };
  /** The shape of a 401, where it is not that of the other errors. */
  readonly badKey?: { readonly name: string; readonly schema: z.ZodType };
  /** The status of a success, for handlers that write the answer themselves. Default: Nest's. */
  readonly status?: number;
}

export type ErrorStatus = 400 | 401 | 402 | 403 | 404 | 409 | 413 | 415 | 422 | 429 | 500 | 502 | 503;

/** Describes an endpoint for the OpenAPI document. Every handler of the gateway and the control API has it. */
export const Operation = Reflector.createDecorator<OperationSpec>();
