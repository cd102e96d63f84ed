import type { PreflightCheck, PreflightReport, PreflightTier } from '../domain/readiness.js';
import { BlueGreenError } from '../domain/errors.js';
import { isModel, type Version } from '../domain/version.js';
import { askBriefly, type AskDeps } from '../upstream/ask-briefly.js';
import { listModels } from '../upstream/list-models.js';
import type { RefusedShapes, RequestShapes } from '../upstream/request-shapes.js';
import { failureFrom, type UpstreamFailure } from '../upstream/upstream-failure.js';
import { Watchdog } from '../upstream/watchdog.js';

/** A rollout was not started because pre-flight found its environment unfit. `code`: `preflight_failed`. */
export class PreflightError extends BlueGreenError {
  constructor(
    readonly route: string,
    readonly environment: string,
    readonly report: PreflightReport,
  ) {
    const failed = report.checks.find(({ status }) => status === 'fail');
    super(
      'preflight_failed',
      `"${environment}" of route "${route}" did not pass pre-flight: ${failed?.tier}, ${failed?.message}.`,
      'Fix it and start again; or start with force and a reason, which is recorded.',
      424,
    );
  }
}

const TIERS = ['connectivity', 'key', 'model'] as const satisfies readonly PreflightTier[];
type AskedTier = (typeof TIERS)[number];

/** Reasons that are named. */
const NAMED = 5;

/** The tier of a failed dry run, and whether the failure rules the environment out. */
function meaningOf({ failure }: UpstreamFailure): { tier: AskedTier; status: 'warn' | 'fail' } {
  switch (failure) {
    case 'network':
    case 'timeout':
      return { tier: 'connectivity', status: 'fail' };
    case 'auth':
      return { tier: 'key', status: 'fail' };
    case 'rate_limited':
      return { tier: 'key', status: 'warn' };
    case 'not_found':
    case 'server_error':
    case 'truncated':
    case 'malformed':
      return { tier: 'model', status: 'fail' };
    default:
      // The provider refused this question, not the environment.
      return { tier: 'model', status: 'warn' };
  }
}

/**
 * Checks an environment before it is tried, tier by tier: can it be reached, does it take the key, does it have the
 * model? The provider's list of models costs no tokens. If the list does not have the model, the provider is asked for
 * one token. Last, without a call: does it take what the route's callers use?
 */
export class PreflightService {
  constructor(
    private readonly deps: AskDeps,
    private readonly shapes: Pick<RequestShapes, 'refusedBy'>,
  ) {}

  /** @param timeout longest wait for each answer, milliseconds. Never rejects. */
  async check(route: string, version: Version, timeout: number): Promise<PreflightReport> {
    const report = await this.#asked(version, timeout);
    const refused = report.canDeploy ? this.shapes.refusedBy(route, version) : undefined;
    return refused ? withRequests(report, refused) : report;
  }

  async #asked(version: Version, timeout: number): Promise<PreflightReport> {
    if (!this.deps.upstreams.has(version.upstream)) {
      return reportOf('connectivity', 'fail', `the options of this process declare no upstream "${version.upstream}"`);
    }
    const list = await listModels(this.deps.upstreams.get(version.upstream), timeout, this.deps.clock);
    if (list.kind === 'silent') return reportOf('connectivity', 'fail', list.message);
    if (list.kind === 'answered' && list.status === 401) {
      return reportOf('key', 'fail', 'the provider refuses the key (401)');
    }
    if (list.kind === 'answered' && list.status === 429) {
      return reportOf('key', 'warn', 'the provider limits our rate (429)');
    }
    const models = list.kind === 'listed' ? list.models : [];
    if (models.some((name) => lists(name, version.model))) {
      return reportOf('model', 'pass', 'the provider lists the model');
    }
    return this.#dryRun(version, timeout, models.length > 0);
  }

  async #dryRun(version: Version, timeout: number, isUnlisted: boolean): Promise<PreflightReport> {
    const watchdog = new Watchdog(this.deps.clock, undefined);
    watchdog.limit('answer to the dry run', timeout);
    const headers = { 'x-preflight': 'true' };
    try {
      await askBriefly({ version, prompt: 'ping', maxTokens: 1, headers, signal: watchdog.signal }, this.deps);
      return isUnlisted
        ? reportOf('model', 'warn', 'the provider does not list the model, but answers for it')
        : reportOf('model', 'pass', 'the model answers');
    } catch (error) {
      const failure = failureFrom(watchdog.reasonOr(error));
      const { tier, status } = meaningOf(failure);
      return reportOf(tier, status, `${failure.failure}: ${failure.message}`);
    } finally {
      watchdog.release();
    }
  }
}

/** A listed name may have a prefix that is not sent. A prefix that is sent has to be in the listed name. */
function lists(name: string, sent: string): boolean {
  const prefix = sent.slice(0, sent.lastIndexOf('/') + 1).toLowerCase();
  return isModel(name, sent) && name.toLowerCase().includes(prefix);
}

const PASSED: Readonly<Record<AskedTier, string>> = {
  connectivity: 'the provider answers',
  key: 'the provider does not refuse the key',
  model: 'the model answers',
};

/** Earlier tiers passed, and later tiers were not reached. */
function reportOf(tier: AskedTier, status: 'pass' | 'warn' | 'fail', message: string): PreflightReport {
  const at = TIERS.indexOf(tier);
  const checks = TIERS.map((name, index): PreflightCheck => {
    if (index < at) return { tier: name, status: 'pass', message: PASSED[name] };
    if (index === at) return { tier: name, status, message };
    return { tier: name, status: 'skipped', message: `${tier} comes first` };
  });
  const health = { pass: 'healthy', warn: 'degraded', fail: 'unhealthy' } as const;
  return { status: health[status], canDeploy: status !== 'fail', checks };
}

/**
 * The environment is checked, without a call, for the features that callers used lately. One that could take none of it
 * is unfit.
 */
function withRequests(report: PreflightReport, { seen, refused, reasons }: RefusedShapes): PreflightReport {
  if (refused === 0) {
    const message = `it can take what callers used in the last day (${seen} requests looked at)`;
    return { ...report, checks: [...report.checks, { tier: 'requests', status: 'pass', message }] };
  }
  const named = reasons.slice(0, NAMED).map(({ reason, requests }) => `${reason} (${requests})`);
  const more = reasons.length > NAMED ? `, and ${reasons.length - NAMED} more` : '';
  const message = `it cannot take ${refused} of ${seen} requests of the last day that were looked at: ${named.join(', ')}${more}`;
  const isUnfit = refused === seen;
  return {
    status: isUnfit ? 'unhealthy' : 'degraded',
    canDeploy: !isUnfit,
    checks: [...report.checks, { tier: 'requests', status: isUnfit ? 'fail' : 'warn', message }],
  };
}
