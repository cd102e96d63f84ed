/** About what a short question looks like. */
export const MESSAGES = [
  {
    role: 'system' as const,
    content: 'You help the customers of a shop, in their language, in two sentences. '.repeat(5),
  },
  { role: 'user' as const, content: 'Where is my parcel?' },
];

export function bodyOf(model: string, stream: boolean): string {
  return JSON.stringify({ model, stream, messages: MESSAGES });
}
