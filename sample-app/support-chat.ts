/** What applications ask for; which model answers changes underneath. */
export const SUPPORT_CHAT = 'support-chat';
