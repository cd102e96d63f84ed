/** Steady traffic on a route, from a new user each time. */
export class Callers {
  /** Calls that did not end with an answer. */
  readonly troubles: string[] = [];
  readonly #open = new Set<Promise<void>>();
  readonly #timer: NodeJS.Timeout;

  constructor(url: string, key: string, model: string, perSecond: number) {
    let user = 0;
    this.#timer = setInterval(() => {
      const call = this.#call(url, key, model, `user-${user++}`);
      this.#open.add(call);
      void call.finally(() => this.#open.delete(call));
    }, 1000 / perSecond);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#open);
  }

  async #call(url: string, key: string, model: string, user: string): Promise<void> {
    try {
      const response = await fetch(`${url}/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', 'x-user-id': user },
        body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Hi' }] }),
      });
      const text = await response.text();
      if (!response.ok) this.troubles.push(`${response.status} ${text}`);
    } catch (error) {
      this.troubles.push(String(error));
    }
  }
}
