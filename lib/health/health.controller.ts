import { Controller, Get } from '@nestjs/common';
import { HealthCheck, HealthCheckService, type HealthCheckResult } from '@nestjs/terminus';
import { BlueGreenHealthIndicator } from './blue-green.health.js';

/** Health over HTTP. `/` tells of every environment; `/ready` and `/live` are for the machinery. */
@Controller()
export class BlueGreenHealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly indicator: BlueGreenHealthIndicator,
  ) {}

  /** 503 as soon as one environment is down, whether it takes traffic or not: for people and for alerts. */
  @Get()
  @HealthCheck()
  check(): Promise<HealthCheckResult> {
    return this.health.check([...this.indicator.environments(), ...this.indicator.records()]);
  }

  /** 503 only when a route has nobody left to serve it, or this process is about to end: for load balancers. */
  @Get('ready')
  @HealthCheck()
  ready(): Promise<HealthCheckResult> {
    return this.health.check([() => this.indicator.readiness('blue-green')]);
  }

  /** Asks no upstream: restarting this process would not mend one. Nor is a process dead because it is about to end. */
  @Get('live')
  @HealthCheck()
  live(): HealthCheckResult {
    return { status: 'ok', info: {}, error: {}, details: {} };
  }
}
