import { Controller, Get, Res, UseFilters, UseGuards } from '@nestjs/common';
import { z } from 'zod';
import { GatewayErrorFilter } from '../http/gateway-error.filter.js';
import { Operation } from '../http/openapi/operation.js';
import { NeedsScope, ScopeGuard } from '../http/keys/scope.guard.js';
import { takeOver, type HttpReply } from '../http/server-response.js';
import { PrometheusMetrics } from './prometheus-metrics.js';

/** Metrics for Prometheus, without a key. */
@Controller()
@UseFilters(GatewayErrorFilter)
export class PublicPrometheusController {
  constructor(private readonly metrics: PrometheusMetrics) {}

  @Get()
  @Operation({ summary: 'All metrics, for Prometheus.', answer: z.string(), media: ['text/plain'] })
  async scrape(@Res() reply: HttpReply): Promise<void> {
    const { contentType, text } = await this.metrics.exposition();
    takeOver(reply).writeHead(200, { 'content-type': contentType, 'cache-control': 'no-store' }).end(text);
  }
}

/** The same for keys with the scope `read`. */
@Controller()
@NeedsScope('read')
@UseGuards(ScopeGuard)
export class PrometheusController extends PublicPrometheusController {}
