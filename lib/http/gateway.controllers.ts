import type { Type } from '@nestjs/common';
import { GatewayController } from './gateway.controller.js';
import { ModelsController } from './models.controller.js';
import { StoredResponsesController } from './stored-responses.controller.js';

/** Everything that clients of the wire formats ask. */
export const GATEWAY_CONTROLLERS: readonly Type[] = [ModelsController, GatewayController, StoredResponsesController];
