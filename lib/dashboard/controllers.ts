import type { Type } from '@nestjs/common';
import { AuditController } from '../http/control/audit.controller.js';
import { ReportController } from '../http/control/report.controller.js';
import { RolloutsController } from '../http/control/rollouts.controller.js';
import { DashboardController } from './dashboard.controller.js';
import { InsightController } from './insight.controller.js';

/** The page, its assets and its login. */
export const DASHBOARD_CONTROLLERS: readonly Type[] = [DashboardController];

/**
 * The data and the commands of the page, below `api/`: controllers of the control API, for callers with a session.
 */
export const DASHBOARD_DATA: readonly Type[] = [
  ReportController,
  RolloutsController,
  AuditController,
  InsightController,
];
