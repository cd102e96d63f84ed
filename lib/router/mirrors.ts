import type { CallRequest } from './call-request.js';
import type { CallEnd, Mirror, MirroredCall } from './mirror.js';

/** Several who watch the same calls. */
export class Mirrors implements Mirror {
  constructor(private readonly all: readonly Mirror[]) {}

  begin(request: CallRequest): MirroredCall | undefined {
    let first: MirroredCall | undefined;
    let more: MirroredCall[] | undefined;
    for (const mirror of this.all) {
      const call = mirror.begin(request);
      if (!call) continue;
      if (first) (more ??= [first]).push(call);
      else first = call;
    }
    return more ? together(more) : first;
  }
}

function together(calls: readonly MirroredCall[]): MirroredCall {
  return {
    answered: (answer) => calls.forEach((call) => call.answered(answer)),
    streamed: (events) => calls.forEach((call) => call.streamed(events)),
    settled: (end: CallEnd) => calls.forEach((call) => call.settled(end)),
  };
}
