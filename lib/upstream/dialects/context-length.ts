/** How providers say, where they have no code for it, that a request does not fit into the model's window. */
export const CONTEXT_LENGTH =
  /prompt is too long|maximum context length|exceed\w*[^.]{0,40}context|context[^.]{0,40}exceed/i;
