import type { Type } from '@nestjs/common';
import { AuditController } from './audit.controller.js';
import { AuthController } from './auth.controller.js';
import { FeedbackController } from './feedback.controller.js';
import { MetricsController } from './metrics.controller.js';
import { NotesController } from './notes.controller.js';
import { RecordsController } from './records.controller.js';
import { OpenApiController } from './openapi.controller.js';
import { ReportController } from './report.controller.js';
import { RolloutsController } from './rollouts.controller.js';
import { TrafficController } from './traffic.controller.js';
import { VersionsController } from './versions.controller.js';

/** The control API. */
export const CONTROL_CONTROLLERS: readonly Type[] = [
  VersionsController,
  TrafficController,
  MetricsController,
  AuthController,
  ReportController,
  RolloutsController,
  AuditController,
  NotesController,
  FeedbackController,
  RecordsController,
  OpenApiController,
];
