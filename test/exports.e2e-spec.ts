import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import * as surface from 'nestjs-blue-green';
import { blueAndGreen } from './support/environments.js';
import { Stage } from './support/stage.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** What an app in CommonJS does: a start, one answer through the router, an end, and nothing to force the exit. */
const COMMONJS_APP = `
  require('reflect-metadata');
  const { Module } = require('@nestjs/common');
  const { NestFactory } = require('@nestjs/core');
  const { ScheduleModule } = require('@nestjs/schedule');
  const { BlueGreenHealthIndicator, BlueGreenModule, LlmRouterService } = require('nestjs-blue-green');

  class AppModule {}
  const options = JSON.parse(process.env.OPTIONS);
  Module({ imports: [ScheduleModule.forRoot(), BlueGreenModule.forRoot(options)] })(AppModule);

  void (async () => {
    const app = await NestFactory.createApplicationContext(AppModule, { logger: false });
    await app.get(BlueGreenHealthIndicator).readiness('ready');
    const messages = [];
    const { content } = await app.get(LlmRouterService).complete('default', { messages });
    let streamed = '';
    for await (const { text } of app.get(LlmRouterService).stream('default', { messages })) streamed += text;
    process.stdout.write(JSON.stringify({ content, streamed }));
    await app.close();
  })();
`;

describe('the package', () => {
  test('exports this and nothing else at run time', () => {
    expect(Object.keys(surface)).toEqual([
      'AlertService',
      'Assigned',
      'BlueGreenError',
      'BlueGreenExceptionFilter',
      'BlueGreenHealthIndicator',
      'BlueGreenModule',
      'BudgetService',
      'CANARY_JOB',
      'CLOCK',
      'ChatStream',
      'CrossSiteError',
      'EnvironmentForbiddenError',
      'EvaluationService',
      'FeedbackService',
      'ImportedTwiceError',
      'InsufficientScopeError',
      'InvalidKeyError',
      'InvalidWeightsError',
      'JOURNAL',
      'JournalDamagedError',
      'JournalLockedError',
      'LlmRouterService',
      'MemoryJournal',
      'NoSchedulerError',
      'NotYourAnswerError',
      'OptionsError',
      'PreflightError',
      'PreflightService',
      'RANDOM',
      'RequestAssigner',
      'RequestLog',
      'RevertedVersionError',
      'RevisionConflictError',
      'RolloutService',
      'RolloutStateError',
      'Route',
      'RouteNotNamedError',
      'RoutePolicyError',
      'ShadowService',
      'Telemetry',
      'TooManyRequestsError',
      'TrafficSplitGuard',
      'TrafficSplitter',
      'UnknownAnswerError',
      'UnknownEnvironmentError',
      'UnknownEvaluatorError',
      'UnknownRouteError',
      'UpstreamError',
      'ValidationError',
      'VersionService',
      'blueGreenSchema',
      'brokenToolCall',
      'cutOff',
      'defineBlueGreen',
      'judge',
      'normalizeWeights',
      'refusal',
      'schemaMismatch',
      'systemClock',
    ]);
  });

  describe('in CommonJS', () => {
    let stage: Stage;

    beforeEach(async () => {
      stage = await Stage.open();
    });
    afterEach(() => stage.close());

    test('can be required, and a closed app leaves nothing that keeps the process alive', async () => {
      const OPTIONS = JSON.stringify({ environments: blueAndGreen(stage.provider) });
      const { stdout } = await promisify(execFile)(process.execPath, ['-e', COMMONJS_APP], {
        cwd: ROOT,
        env: { ...process.env, OPTIONS, NODE_OPTIONS: '' },
        timeout: 15_000,
      });
      expect(JSON.parse(stdout)).toEqual({ content: 'Hello there', streamed: 'Hello there' });
    }, 20_000);
  });
});
