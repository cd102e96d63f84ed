import { chat } from '../../lib/testing/formats/chat.js';

export { answer, fail } from '../../lib/testing/behaviours.js';
export { FakeUpstream as FakeProvider } from '../../lib/testing/fake-upstream.js';
export type { Behaviour, SeenRequest } from '../../lib/testing/behaviour.js';
export { finish } from '../../lib/testing/formats/chat.js';
export { begin, event, json } from '../../lib/testing/server-sent.js';

/** A word of a streamed chat. */
export const chunk = chat.word;
