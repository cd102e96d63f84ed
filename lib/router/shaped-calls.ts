import type { RequestShapes } from '../upstream/request-shapes.js';
import type { CallListener } from './call-listener.js';
import type { CallRequest } from './call-request.js';

/** Tells what callers use, so that pre-flight knows what an environment has to take. */
export class ShapedCalls implements CallListener {
  constructor(private readonly shapes: RequestShapes) {}

  begun({ assignment, dialect, body, byEvaluator }: CallRequest): undefined {
    if (!byEvaluator) this.shapes.see(assignment.route, dialect, body);
  }
}
