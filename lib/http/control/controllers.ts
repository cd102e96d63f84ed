import type { Type } from '@nestjs/common';

/** What is mounted as the control API. */
export const CONTROL_CONTROLLERS: readonly Type[] = [];
