import { Controller, Post, Req, Res, UseFilters, UseGuards } from '@nestjs/common';
import type { HttpRequest } from '../routing/routing.options.js';
import { DIALECTS, type KnownDialect } from '../upstream/dialects/dialects.js';
import { Gateway } from './gateway.js';
import { GatewayErrorFilter } from './gateway-error.filter.js';
import { JsonBodyGuard } from './json-body.guard.js';
import { gatewayOperation } from './gateway.operations.js';
import { Operation } from './openapi/operation.js';
import { NeedsScope, ScopeGuard } from './keys/scope.guard.js';
import type { HttpReply } from './server-response.js';

/**
 * The calls of clients of the wire formats. `model` is the alias of a route, or a model's own name that one route alone
 * has; the guard's headers choose within it.
 */
@Controller()
@NeedsScope('inference')
@UseGuards(ScopeGuard, JsonBodyGuard)
@UseFilters(GatewayErrorFilter)
export class GatewayController {
  constructor(readonly gateway: Gateway) {}
}

for (const dialect of DIALECTS) addEndpoint(GatewayController.prototype, dialect);

/** Adds a handler to the class, with the decorators that it would have if it were written there. */
function addEndpoint(controller: GatewayController, dialect: KnownDialect): void {
  const { handler } = dialect.gateway;
  const value = function (this: GatewayController, request: HttpRequest, reply: HttpReply): Promise<void> {
    return this.gateway.serve(dialect, request, reply);
  };
  const descriptor = { value, writable: true, configurable: true };
  Object.defineProperty(controller, handler, descriptor);
  Post(`v1${dialect.endpoint.path}`)(controller, handler, descriptor);
  Operation(gatewayOperation(dialect))(controller, handler, descriptor);
  Req()(controller, handler, 0);
  Res()(controller, handler, 1);
}
