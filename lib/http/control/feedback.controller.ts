import { Body, Controller, HttpCode, Post, Req, UseFilters, UseGuards } from '@nestjs/common';
import { FeedbackService } from '../../evaluation/feedback.service.js';
import { GatewayErrorFilter } from '../gateway-error.filter.js';
import { JsonBodyGuard } from '../json-body.guard.js';
import { knownCaller } from '../keys/key-gate.js';
import { NeedsScope, ScopeGuard } from '../keys/scope.guard.js';
import { Operation } from '../openapi/operation.js';
import { feedbackAnswer, feedbackBody } from './feedback.schema.js';
import { parsed } from './parse.js';

/** Scores of answers, from people and from checks outside of the app. */
@Controller()
@NeedsScope('inference')
@UseGuards(ScopeGuard, JsonBodyGuard)
@UseFilters(GatewayErrorFilter)
export class FeedbackController {
  constructor(private readonly service: FeedbackService) {}

  /**
   * A key without the scope `operate` scores answers to its own requests only.
   *
   * @throws {UnknownAnswerError} {@link UnknownEvaluatorError} {@link NotYourAnswerError}
   */
  @Post('feedback')
  @HttpCode(200)
  @Operation({
    summary: 'Scores an answer, or the run of an agent, up to 24 hours later.',
    body: feedbackBody,
    answer: feedbackAnswer,
    errors: [404, 503],
  })
  async feedback(@Body() input: unknown, @Req() request: object) {
    const { request_id: requestId, episode, model_alias: route, evaluator, score } = parsed(feedbackBody, input);
    const caller = knownCaller(request);
    const by = caller?.scopes.includes('operate') === false ? caller.name : undefined;
    const scored = requestId !== undefined ? { requestId } : { episode: episode!, route };
    const receipt = await this.service.score(scored, score, evaluator, by);
    return {
      object: 'feedback',
      status: receipt.status,
      counted: receipt.status === 'counted',
      model_alias: receipt.route,
      environment: receipt.environment,
      version_tag: receipt.version,
      message: receipt.message,
    };
  }
}
