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
    const isOwn = (maker: StateMaker) => maker.environment === environment && maker.version === version.tag;
    const foreign = [...this.makers].filter(([, maker]) => !isOwn(maker));
    if (foreign.length === 0) return body;
    const values = new Set(foreign.map(([value]) => value));
    const own = new Set([...this.makers.keys()].filter((value) => !values.has(value)));
    const stripped = this.state.without(body, values, own);
    if (stripped) return stripped;
    const [[, maker]] = foreign as [[string, StateMaker]];
    const message = `the request refers to what "${maker.environment}" keeps; nothing was sent`;
    throw new UpstreamFailure('unsupported', message, { asked: false });
  }
}
