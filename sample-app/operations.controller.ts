import { Controller, Get, HttpCode, NotFoundException, Param, Post, UseFilters } from '@nestjs/common';
import { BlueGreenExceptionFilter, RolloutService } from 'nestjs-blue-green';
import { SUPPORT_CHAT } from './support-chat.js';

const VERBS = ['start', 'pause', 'resume', 'approve', 'promote', 'rollback'] as const;

/** The commands of the people on call. An app on the internet puts a guard of its own in front of this. */
@Controller('rollout')
@UseFilters(BlueGreenExceptionFilter)
export class OperationsController {
  constructor(private readonly rollouts: RolloutService) {}

  @Get()
  status() {
    return this.rollouts.status(SUPPORT_CHAT);
  }

  @Post(':verb')
  @HttpCode(200)
  async command(@Param('verb') name: string) {
    const verb = VERBS.find((known) => known === name);
    if (!verb) throw new NotFoundException(`There is no "${name}". Use one of: ${VERBS.join(', ')}.`);
    await this.rollouts[verb](SUPPORT_CHAT, { actor: 'on-call' });
    return this.status();
  }
}
