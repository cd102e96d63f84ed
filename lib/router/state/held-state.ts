import type { JsonObject } from '../../kit/json.js';
import type { Target } from '../../routing/route-table.js';
import type { OpaqueState } from '../../upstream/dialects/opaque-state.js';
import { UpstreamFailure } from '../../upstream/upstream-failure.js';
import type { StateMaker } from './stamp.js';

/** The parts of a request that only their makers can read. */
export class HeldState {
  constructor(
    private readonly state: OpaqueState,
    /** By value. */
    private readonly makers: ReadonlyMap<string, StateMaker>,
    /** The maker of the latest value: it has the conversation. */
    readonly latest: StateMaker,
  ) {}

  /** Whether another environment can answer without it. */
  canStrip(body: JsonObject): boolean {
    return this.state.without(body, new Set(this.makers.keys())) !== undefined;
  }

  /** @throws {UpstreamFailure} `unsupported`, when the request means nothing to this environment. */
  bodyFor(body: JsonObject, { environment, version }: Target): JsonObject {
    const foreign = [...this.makers].filter(
      ([, maker]) => maker.environment !== environment || maker.version !== version.tag,
    );
    if (foreign.length === 0) return body;
    const stripped = this.state.without(body, new Set(foreign.map(([value]) => value)));
    if (stripped) return stripped;
    const [[, maker]] = foreign as [[string, StateMaker]];
    const message = `the request continues a response that "${maker.environment}" keeps; nothing was sent`;
    throw new UpstreamFailure('unsupported', message, { asked: false });
  }
}
