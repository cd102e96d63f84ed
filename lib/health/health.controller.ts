import { Controller, Get } from '@nestjs/common';
import { HealthCheck, HealthCheckService, type HealthCheckResult } from '@nestjs/terminus';
import { BlueGreenHealthIndicator } from './blue-green.health.js';

/** Health over HTTP. `/` lists every environment; `/ready` and `/live` are for orchestrators. */
@Controller()
export class BlueGreenHealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly indicator: BlueGreenHealthIndicator,
  ) {}

  /**
   * For people and alerts. 503 when a route has nobody left; 200 with `degraded` while an environment is down and
   * another one serves.
   */
  @Get()
  @HealthCheck()
  check(): Promise<HealthCheckResult> {
    return this.health.check([...this.indicator.environments(), ...this.indicator.records()]);
  }

  /** 503 only when a route has no environment left, or this process is shutting down: for load balancers. */
  @Get('ready')
  @HealthCheck()
  ready(): Promise<HealthCheckResult> {
    return this.health.check([() => this.indicator.readiness('blue-green')]);
  }

  /** Ignores upstreams: a restart of this process would not fix one. A process that shuts down is still alive. */
  @Get('live')
  @HealthCheck()
  live(): HealthCheckResult {
    return { status: 'ok', info: {}, error: {}, details: {} };
  }
}
