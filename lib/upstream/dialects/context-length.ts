/** Characters of a provider's message that are searched. */
const MAX_MESSAGE = 4_096;

const PHRASES = ['prompt is too long', 'maximum context length'];

/**
 * Whether a message says that a request does not fit into the model's context window. For providers that have no code
 * for it: one of their phrases, or "exceed" near "context", in either order.
 */
export function saysTooLong(message: string): boolean {
  const text = message.slice(0, MAX_MESSAGE).toLowerCase();
  return PHRASES.some((phrase) => text.includes(phrase)) || text.split('.').some(isAboutContext);
}

/** Both words, near each other. */
function isAboutContext(sentence: string): boolean {
  const [exceed, context] = [sentence.indexOf('exceed'), sentence.indexOf('context')];
  return exceed >= 0 && context >= 0 && Math.abs(exceed - context) <= 60;
}
