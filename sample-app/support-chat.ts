/** The name that applications ask for; the model behind it changes. */
export const SUPPORT_CHAT = 'support-chat';
