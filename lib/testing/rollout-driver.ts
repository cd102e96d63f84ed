import type { INestApplicationContext } from '@nestjs/common';
import { filter, firstValueFrom, startWith, timeout, type Observable } from 'rxjs';
import type { Clock } from '../kit/clock.js';
import type { JournalEntry } from '../domain/events.js';
import { runningRollout, type Phase, type RouteState } from '../domain/state.js';
import { CanaryScheduler } from '../rollout/canary-scheduler.js';
import { RolloutService } from '../rollout/rollout.service.js';
import type { StartOptions } from '../rollout/rollout-starter.js';
import type { RouteStatus } from '../rollout/route-status.js';
import { LlmRouterService } from '../router/llm-router.service.js';
import { TrafficSplitter } from '../routing/traffic-splitter.js';
import { CLOCK } from '../tokens.js';
import { duration, type Duration } from '../validation/duration.js';
import { FakeClock } from './fake-clock.js';
import { TestingError } from './testing-error.js';

/** Users that are tried before giving up. */
const USERS_LOOKED_AT = 100_000;

/** Outcomes of generated traffic, as its callers saw them. Their sum is what was sent. */
export interface TrafficResult {
  readonly answered: number;
  readonly failed: number;
}

/**
 * Drives a route of an app under test: sets its traffic, sends requests, and takes the rollout through its schedule,
 * one check of the gates at a time. Nothing is faked here: requests go through the router to the upstream, the gates
 * read their outcomes, and every change is in the journal.
 *
 * @example
 * ```ts
 * const rollout = new RolloutDriver(app, 'support-chat');
 * await rollout.start({ schedule: { steps: [{ setWeight: 50, duration: '1h' }] } });
 * await rollout.traffic(100);
 * await rollout.tick('1h');
 * expect(rollout.phase).toBe('Baking');
 * ```
 */
export class RolloutDriver {
  readonly #rollouts: RolloutService;
  readonly #clock: Clock;
  #users = 0;

  /** @throws {UnknownRouteError} */
  constructor(
    private readonly app: INestApplicationContext,
    private readonly alias: string,
  ) {
    this.#rollouts = app.get(RolloutService);
    this.#rollouts.route(alias);
    this.#clock = app.get<Clock>(CLOCK);
  }

  get status(): RouteStatus {
    return this.#rollouts.status(this.alias);
  }

  /** Phase of the newest rollout; `undefined` when there was none. */
  get phase(): Phase['name'] | undefined {
    return this.status.rollout?.phase.name;
  }

  /**
   * Gives all traffic to this environment, which becomes the live one. Not during a rollout: use {@link
   * RolloutDriver.userOn} then, for one caller.
   *
   * @throws {UnknownEnvironmentError} {@link RolloutStateError}
   */
  async answerFrom(environment: string): Promise<void> {
    await this.#rollouts.setTrafficWeights(this.alias, { [environment]: 100 }, { actor: 'test', reason: 'a test' });
  }

  /**
   * A new user id whose requests go to this environment with the present weights. For `x-user-id`, or `key` of a call.
   *
   * @throws {TestingError} `environment_without_traffic`.
   */
  userOn(environment: string): string {
    const splitter = this.app.get(TrafficSplitter);
    for (let looked = 0; looked < USERS_LOOKED_AT; looked++) {
      const key = this.#nextUser();
      if (splitter.assign(this.alias, { key }).environment === environment) return key;
    }
    throw new TestingError(
      'environment_without_traffic',
      `None of ${USERS_LOOKED_AT} users of route "${this.alias}" is sent to "${environment}".`,
      'Give it a weight first: answerFrom(), or start a rollout to it.',
    );
  }

  /**
   * Starts a rollout, with its pre-flight. Every run has the same users on the canary. Throws what
   * `RolloutService.start()` throws.
   */
  start(options: StartOptions = {}): Promise<RouteState> {
    return this.#rollouts.start(this.alias, { actor: 'test', seed: 'test', ...options });
  }

  /**
   * Sends short chats, one after the other, each from a new user. The upstream's answers are evidence for the gates.
   *
   * @param environment only users who are sent there; fewer requests if it loses its traffic meanwhile. This is
   * enough for a rollback, but not for a step: a rollout does not proceed while its traffic is not split by its
   * weights. Default: any users.
   * @throws {TestingError} `environment_without_traffic`.
   */
  async traffic(requests: number, environment?: string): Promise<TrafficResult> {
    const router = this.app.get(LlmRouterService);
    const messages = [{ role: 'user', content: 'Hello' }];
    const sent = { answered: 0, failed: 0 };
    for (let n = 0; n < requests; n++) {
      if (environment !== undefined && n > 0 && !this.status.weights[environment]) break;
      const key = environment === undefined ? this.#nextUser() : this.userOn(environment);
      await router.complete(this.alias, { messages }, { key }).then(
        () => sent.answered++,
        () => sent.failed++,
      );
    }
    return sent;
  }

  /**
   * Reads the gates once and acts on them, as the scheduled job would.
   *
   * @param passed first advances the module's {@link FakeClock} by this much: milliseconds, or `'10m'`.
   * @returns the route's status then.
   * @throws {TestingError} `no_fake_clock`, with `passed` and another clock.
   */
  async tick(passed?: Duration): Promise<RouteStatus> {
    if (passed !== undefined) {
      if (!(this.#clock instanceof FakeClock)) {
        throw new TestingError(
          'no_fake_clock',
          'Time cannot pass: the module does not have a clock that a test can move.',
          'Build the app with .overrideProvider(CLOCK).useValue(new FakeClock()).',
        );
      }
      this.#clock.advance(duration.parse(passed));
    }
    await this.app.get(CanaryScheduler).tickRoute(this.alias);
    return this.status;
  }

  /**
   * Waits until the rollout is in this phase, through a tick, a command or consecutive failures.
   *
   * @param patience longest wait, real milliseconds. Default 5,000.
   * @throws {TestingError} `phase_not_reached`, at once when the rollout has ended otherwise.
   */
  async until(phase: Phase['name'], patience = 5_000): Promise<RouteStatus> {
    const arrived = (): boolean => this.phase === phase || !this.#isRunning();
    const changes: Observable<JournalEntry | undefined> = this.#rollouts.events$;
    await firstValueFrom(changes.pipe(startWith(undefined), filter(arrived), timeout(patience))).catch(() => undefined);
    if (this.phase === phase) return this.status;
    throw new TestingError(
      'phase_not_reached',
      `Route "${this.alias}" is not ${phase} but ${this.phase ?? 'without a rollout'}: ${this.status.rollout?.waitsFor ?? 'none was started'}.`,
      'Send the traffic that its gates need, and call tick(); status.rollout says what it waits for.',
    );
  }

  #isRunning(): boolean {
    return runningRollout(this.#rollouts.route(this.alias)) !== undefined;
  }

  #nextUser(): string {
    return `test-user-${this.#users++}`;
  }
}
