import { Injectable, type CanActivate, type ExecutionContext, type Type } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { OncePer } from '../../kit/once-per.js';
import type { HttpRequest } from '../../routing/routing.options.js';
import { KeyGate, type NeededScope } from './key-gate.js';
import { Sessions } from './sessions.js';

type Handler = ReturnType<ExecutionContext['getHandler']>;

/** Sets the scope that {@link ScopeGuard} requires for a controller or a handler. */
export const NeedsScope = Reflector.createDecorator<NeededScope>();

/** Marks the controllers that the dashboard mounts: callers have a session instead of a key. */
export const BySession = Reflector.createDecorator<boolean>();

/** Admits callers whose key has the scope of the handler. */
@Injectable()
export class ScopeGuard implements CanActivate {
  /** Reading metadata takes longer than all else that this guard does. */
  readonly #needs = new OncePer((controller: Type, handler: Handler) => ({
    scope: this.reflector.getAllAndOverride(NeedsScope, [handler, controller]),
    bySession: this.reflector.get(BySession, controller),
  }));

  constructor(
    private readonly reflector: Reflector,
    private readonly gate: KeyGate,
    private readonly sessions: Sessions,
  ) {}

  /** @throws what {@link KeyGate.admit} throws, and {@link CrossSiteError}. */
  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const request = context.switchToHttp().getRequest<HttpRequest>();
    const { scope, bySession } = this.#needs.of(context.getClass(), context.getHandler());
    if (!bySession) return this.gate.admit(request, scope);
    return this.sessions.keyOf(request).then((key) => this.gate.admit(request, scope, { key }));
  }
}
