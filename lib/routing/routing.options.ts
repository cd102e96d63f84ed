import type { RoutingStrategy } from '../domain/state.js';
import type { StickyCookieOptions } from './sticky-cookie.js';

/** What a guard can see of a request, on Express and on Fastify alike. */
export interface HttpRequest {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body?: unknown;
  /** Where it comes from, as far as the app trusts its proxies. */
  readonly ip?: string | undefined;
}

/** Parsed `stickiness` options of a route. */
export interface Stickiness {
  /** What holds until the control API says otherwise. Absent: who brings a key is sticky. */
  readonly strategy?: RoutingStrategy | undefined;
  /** Reads the sticky key from the request; asked before the headers. */
  readonly key?: ((request: HttpRequest) => string | number | undefined) | undefined;
  /** Headers that may carry the key, lower case; the first that is present counts. */
  readonly headers: readonly string[];
  readonly cookie?: StickyCookieOptions | undefined;
}

/** Whether the caller of this request may name that environment itself. */
export type MayForce = (request: HttpRequest, environment: string, route: string) => boolean | Promise<boolean>;

/** Where mirrors of a route go and which header names a conversation: what routing has to know of other options. */
export interface RouteExtras {
  /** `shadow.to`; the idle environment when left out. */
  readonly shadowTo?: string | undefined;
  /** `conversationPins.header`, lower case; absent when conversations are not pinned. */
  readonly conversationHeader?: string | undefined;
}

/** What the guard has to know; made from the module's options. */
export abstract class RoutingOptions {
  abstract readonly stickiness: (route: string) => Stickiness;
  abstract readonly mayForce: MayForce;
  /** Signs cookies of routes that configure none; `undefined` when there is nothing to make it of. */
  readonly cookieSecret?: string | undefined;
  readonly extras?: (route: string) => RouteExtras;
  /** The route of handlers that name none: the only one there is. */
  abstract readonly defaultRoute: string | undefined;
}
