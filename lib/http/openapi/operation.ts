import { Reflector } from '@nestjs/core';
import type { z } from 'zod';

/** What the document says of an endpoint beside what Nest knows of it: method, path, status and scope. */
export interface OperationSpec {
  /** One sentence for people. */
  readonly summary: string;
  /** The schema that checks the query. */
  readonly query?: z.ZodObject;
  /** The schema that checks the body. */
  readonly body?: z.ZodType;
  /** What a success answers with. */
  readonly answer: z.ZodType;
  /** What a success is, when it is no JSON: media types. */
  readonly media?: readonly string[];
  /** The success may be server-sent events: as well as JSON, or `only`. */
  readonly events?: 'too' | 'only';
  /** Statuses of errors beside those that every endpoint of its kind has. */
  readonly errors?: readonly ErrorStatus[];
  /** The shape of its errors, if it is not OpenAI's. */
  readonly error?: { readonly name: string; readonly schema: z.ZodType };
  /** Of a success, where the handler writes the answer itself. Default: as Nest has it. */
  readonly status?: number;
}

export type ErrorStatus = 400 | 401 | 402 | 403 | 404 | 409 | 413 | 415 | 422 | 429 | 500 | 502 | 503;

/** Describes an endpoint to the OpenAPI document. On every handler that the gateway or the control API has. */
export const Operation = Reflector.createDecorator<OperationSpec>();
