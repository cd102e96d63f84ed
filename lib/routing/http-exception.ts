import { HttpException } from '@nestjs/common';
import type { BlueGreenError } from '../domain/errors.js';

/** One of our errors as Nest's exception filters answer it: status, code, message and remedy. */
export function toHttpException(error: BlueGreenError): HttpException {
  const { code, message, remedy, status } = error;
  return new HttpException({ statusCode: status, code, message, remedy }, status, { cause: error });
}
