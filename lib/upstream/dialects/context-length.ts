/** Longest part of a provider's message that is looked through. */
const MAX_MESSAGE = 4_096;

const PHRASES = ['prompt is too long', 'maximum context length'];

/**
 * Whether a message says, as providers do that have no code for it, that a request does not fit into the model's window: in
 * one of their phrases, or as something that exceeds a context, in either order.
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
