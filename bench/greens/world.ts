/** Numbers in [0, 1). */
export type Random = () => number;

/** The end of a request: a success, an `own` failure of the environment, a refusal, or an answer that is wrong. */
export type Ending = 'ok' | 'own' | 'refusal' | 'wrong';

/** A request as it comes, before anybody is asked. One object, rewritten for each. */
export interface Ask {
  /** Milliseconds since the rollout began. */
  at: number;
  /** Number of the user; −1: a request without a key. */
  user: number;
  tenant: number;
  language: number;
  streamed: boolean;
  tools: boolean;
  structured: boolean;
  long: boolean;
  /** A prompt that no environment survives. */
  poisoned: boolean;
  /** A mistake of the caller, which no environment accepts. */
  mistaken: boolean;
  /** The user comes to an environment that does not know them yet: nothing of the prompt is cached there. */
  cold: boolean;
  /** Share of the canary, in [0, 1]. */
  share: number;
  /** Requests that the canary has had before. */
  canaryRequests: number;
}

/** The reply of an environment. One object, rewritten for each. */
export interface Reply {
  ending: Ending;
  /** Milliseconds; `Infinity`: it hangs. */
  latency: number;
  firstToken: number;
  /** US dollars. */
  cost: number;
  /** The fault of the canary shows in it: the caller is worse off than with the live environment. */
  harmed: boolean;
}

/** An environment: writes its reply to a request. */
export type Behavior = (ask: Ask, reply: Reply, random: Random) => void;

/** Traffic, and two environments. All of it is the same in both arms but for `green`. */
export interface World {
  readonly name: string;
  /** Requests per second, by milliseconds since the beginning. */
  readonly rate: (at: number) => number;
  readonly users: number;
  /** Share of the requests that have no key. */
  readonly keyless: number;
  /** 1: all users send as much; 2 and more: few send most. */
  readonly skew: number;
  readonly poisoned?: ((user: number, at: number) => boolean) | undefined;
  /** Share of the requests with a mistake of their caller. */
  readonly mistaken?: number | undefined;
  /** Times that a client sends a failed request again. */
  readonly resends?: number | undefined;
  readonly blue: Behavior;
  readonly green: Behavior;
  /** Minutes of each step and of the final bake. */
  readonly stepMinutes: number;
  /** A pause by hand: from, to, milliseconds. */
  readonly pause?: readonly [from: number, to: number] | undefined;
  /** Error of the clock, milliseconds, by time and by the replica that looks at it. */
  readonly clockError?: ((at: number, replica: number) => number) | undefined;
  /** Evidence is lost at these times and begins again. */
  readonly losses?: readonly number[] | undefined;
  /** The attribute that is configured as a stratum. */
  readonly attribute?: 'tenant' | 'language' | undefined;
}

/** A canary that must not be promoted. */
export interface BadGreen {
  readonly world: World;
  /** It fails, or answers wrongly, for a third of the requests or more. */
  readonly isGross: boolean;
  /** Money only: it is held, and has nothing to be reverted for. */
  readonly isHeld?: boolean | undefined;
}
