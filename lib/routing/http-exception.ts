import { HttpException } from '@nestjs/common';
import type { BlueGreenError } from '../domain/errors.js';

/** Turns one of our errors into an exception for Nest's filters: status, code, message and remedy. */
export function toHttpException(error: BlueGreenError): HttpException {
  const { code, message, remedy, status } = error;
  return new HttpException({ statusCode: status, code, message, remedy }, status, { cause: error });
}
