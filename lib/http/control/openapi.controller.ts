import { Controller, Get, Inject, Req, UseFilters, UseGuards } from '@nestjs/common';
import { z } from 'zod';
import type { HttpRequest } from '../../routing/routing.options.js';
import { withoutTrailingSlashes } from '../../upstream/endpoint.js';
import { MOUNTED } from '../../tokens.js';
import { GatewayErrorFilter } from '../gateway-error.filter.js';
import { buildOpenApi } from '../openapi/document.js';
import type { MountedController } from '../openapi/endpoints.js';
import { Operation } from '../openapi/operation.js';
import type { JsonSchema } from '../openapi/schemas.js';
import { NeedsScope, ScopeGuard } from '../keys/scope.guard.js';

/**
 * The OpenAPI document of the mounted controllers. It contains no secret, but takes a key like the rest: it would
 * reveal that there is a control API. The repository has a public copy, `docs/openapi.json`.
 */
@Controller()
@NeedsScope('read')
@UseGuards(ScopeGuard)
@UseFilters(GatewayErrorFilter)
export class OpenApiController {
  #document: JsonSchema | undefined;

  constructor(@Inject(MOUNTED) private readonly mounted: readonly MountedController[]) {}

  @Get('openapi.json')
  @Operation({ summary: 'This document.', answer: z.looseObject({ openapi: z.string() }) })
  document(@Req() { url = '' }: HttpRequest & { readonly url?: string }): JsonSchema {
    this.#document ??= buildOpenApi(this.mounted);
    // A prefix of the app applies to our routes as well.
    const own = this.mounted.find(({ controller }) => controller === OpenApiController)?.path ?? '';
    const prefix = withoutTrailingSlashes(url.slice(0, Math.max(0, url.lastIndexOf(`${own}/openapi.json`))));
    return { ...this.#document, servers: [{ url: prefix || '/' }] };
  }
}
