import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { HttpRequest } from '../../routing/routing.options.js';
import { KeyGate, type NeededScope } from './key-gate.js';
import { Sessions } from './sessions.js';

/** Sets the scope that {@link ScopeGuard} requires for a controller or a handler. */
export const NeedsScope = Reflector.createDecorator<NeededScope>();

/** Marks the controllers that the dashboard mounts: callers have a session instead of a key. */
export const BySession = Reflector.createDecorator<boolean>();

/** Admits callers whose key has the scope of the handler. */
@Injectable()
export class ScopeGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly gate: KeyGate,
    private readonly sessions: Sessions,
  ) {}

  /** @throws what {@link KeyGate.admit} throws, and {@link CrossSiteError}. */
  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const request = context.switchToHttp().getRequest<HttpRequest>();
    const scope = this.reflector.getAllAndOverride(NeedsScope, [context.getHandler(), context.getClass()]);
    const bySession = this.reflector.get(BySession, context.getClass());
    if (!bySession) return this.gate.admit(request, scope);
    return this.sessions.keyOf(request).then((key) => this.gate.admit(request, scope, { key }));
  }
}
