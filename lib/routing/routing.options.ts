import type { RoutingStrategy } from '../domain/route-settings.js';
import type { StickyCookieOptions } from './sticky-cookie.js';

/** The parts of a request that guards see on Express and on Fastify. */
export interface HttpRequest {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body?: unknown;
  /** The caller's address, by the app's settings for proxies. */
  readonly ip?: string | undefined;
}

/** Reads the sticky key from a request. A promise delays every request; it has ten seconds. */
export type StickyKeyFunction = (
  request: HttpRequest,
) => string | number | undefined | Promise<string | number | undefined>;

/** Parsed `stickiness` options of a route. */
export interface Stickiness {
  /** Applies until the control API changes it. Absent: requests with a key are sticky. */
  readonly strategy?: RoutingStrategy | undefined;
  /** Reads the sticky key from the request, before the headers. */
  readonly key?: StickyKeyFunction | undefined;
  /** Headers that may carry the key, lower case. The first that is present counts. */
  readonly headers: readonly string[];
  /** Headers that are read where there is no cookie, lower case. */
  readonly sessionHeaders: readonly string[];
  /** Fields of the gateway's requests that are read last, as paths with dots. */
  readonly bodyKeys: readonly string[];
  readonly cookie?: StickyCookieOptions | undefined;
}

/** Whether the caller of this request may choose that environment. */
export type MayForce = (request: HttpRequest, environment: string, route: string) => boolean | Promise<boolean>;

/** Options of other groups that routing needs. */
export interface RouteExtras {
  /** `shadow.to`; the idle environment when left out. */
  readonly shadowTo?: string | undefined;
  /** `conversationPins.header`, lower case; absent when conversations are not pinned. */
  readonly conversationHeader?: string | undefined;
}

/** The guard's options, created from those of the module. */
export abstract class RoutingOptions {
  abstract readonly stickiness: (route: string) => Stickiness;
  abstract readonly mayForce: MayForce;
  /** Signs cookies of routes without a secret of their own; `undefined` when there are no keys to derive it from. */
  readonly cookieSecret?: string | undefined;
  readonly extras?: (route: string) => RouteExtras;
  /** The route of handlers that name none, if there is only one. */
  abstract readonly defaultRoute: string | undefined;
}
