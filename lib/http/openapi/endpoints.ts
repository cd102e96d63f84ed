import { RequestMethod, type Type } from '@nestjs/common';
import { MetadataScanner, Reflector } from '@nestjs/core';
import type { NeededScope } from '../keys/key-gate.js';
import { NeedsScope } from '../keys/scope.guard.js';
import { Operation, type OperationSpec } from './operation.js';

/** One of our controllers and its mount path. */
export interface MountedController {
  readonly controller: Type;
  readonly path: string;
}

/** An endpoint as Nest routes it. */
export interface DescribedEndpoint {
  readonly controller: string;
  readonly handler: string;
  readonly method: string;
  /** With a leading slash, parameters as `:name`, without the prefix of the app. */
  readonly path: string;
  /** The status of a success. */
  readonly status: number;
  readonly scope: NeededScope | undefined;
  /** Absent without a description. */
  readonly operation: OperationSpec | undefined;
}

/** The metadata keys of Nest's own decorators. */
const PATH = 'path';
const METHOD = 'method';
const HTTP_CODE = '__httpCode__';

/** All endpoints, from the metadata of Nest's decorators and ours. The guard reads the same. */
export function endpointsOf(mounted: readonly MountedController[]): DescribedEndpoint[] {
  const scanner = new MetadataScanner();
  return mounted.flatMap(({ controller, path }) =>
    scanner
      .getAllMethodNames(controller.prototype as object)
      .flatMap((handler) => endpointAt(controller, path, handler)),
  );
}

function endpointAt(controller: Type, mount: string, name: string): DescribedEndpoint[] {
  const reflector = new Reflector();
  const handler = (controller.prototype as Record<string, () => unknown>)[name]!;
  const path = Reflect.getMetadata(PATH, handler) as string | undefined;
  const method = Reflect.getMetadata(METHOD, handler) as RequestMethod | undefined;
  if (path === undefined || method === undefined) return [];
  const operation = reflector.get(Operation, handler) as OperationSpec | undefined;
  const usual = method === RequestMethod.POST ? 201 : 200;
  return [
    {
      controller: operation?.group ?? controller.name.replace(/Controller$/, ''),
      handler: name,
      method: RequestMethod[method].toLowerCase(),
      path: `/${[mount, path]
        .flatMap((part) => part.split('/'))
        .filter(Boolean)
        .join('/')}`,
      status: operation?.status ?? (Reflect.getMetadata(HTTP_CODE, handler) as number | undefined) ?? usual,
      scope: reflector.getAllAndOverride(NeedsScope, [handler, controller]),
      operation,
    },
  ];
}
