/** The knowledge of the shop's assistant when no provider is configured: question → answer. */
export const SHOP_ANSWERS: readonly (readonly [RegExp, string])[] = [
  [/parcel|order|where/i, 'Your parcel left our warehouse this morning. It should be with you tomorrow before noon.'],
  [/return|refund/i, 'You can return it within 30 days. I have sent the label to your e-mail address.'],
  [/size|fit/i, 'It runs a little small. If you are between two sizes, take the larger one.'],
  [/./s, 'Happy to help! Ask me about your order, a return, or a size.'],
];

/** Questions of customers. */
export const SHOP_QUESTIONS = [
  'Where is my parcel?',
  'How do I return these shoes?',
  'Does the blue jacket fit large?',
  'Can you help me?',
] as const;

export const SYSTEM_PROMPT = 'You are the assistant of a small online shop. Answer in two friendly sentences.';
