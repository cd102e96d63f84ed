/** The dashboard's own address: this file is its `assets/app.js`. */
const BASE = new URL('../', import.meta.url);

/** An error answer of the server. */
export class RefusedRequest extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

export function urlOf(path: string): string {
  return new URL(path, BASE).href;
}

/** A request with the session's cookie. The header proves that the page sent it, not another site. */
export async function send(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  headers.set('x-blue-green-page', '1');
  const response = await fetch(urlOf(path), { ...init, headers, credentials: 'same-origin', redirect: 'error' });
  if (!response.ok) throw new RefusedRequest(response.status, await messageIn(response));
  return response;
}

export async function read<Answer>(path: string): Promise<Answer> {
  return (await (await send(path)).json()) as Answer;
}

export async function post<Answer>(path: string, body: unknown): Promise<Answer> {
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  return (await (await send(path, init)).json()) as Answer;
}

export function messageOf(error: unknown): string {
  return error instanceof RefusedRequest ? error.message : 'The server cannot be reached.';
}

async function messageIn(response: Response): Promise<string> {
  try {
    const body = (await response.json()) as { readonly error?: { readonly message?: string } };
    return body.error?.message ?? `The server answered ${response.status}.`;
  } catch {
    return `The server answered ${response.status}.`;
  }
}
