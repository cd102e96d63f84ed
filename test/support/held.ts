/**
 * The longest time that the event loop was held. Counts the smaller of time and processor time, so that a machine with
 * other work does not count.
 */
export class Held {
  #longest = 0;
  #at = performance.now();
  #cpu = process.cpuUsage();
  readonly #timer = setInterval(() => this.#turn(), 1);

  /** Milliseconds since the last look. */
  take(): number {
    this.#turn();
    const longest = this.#longest;
    this.#longest = 0;
    return longest;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #turn(): void {
    const [now, cpu] = [performance.now(), process.cpuUsage()];
    const spent = (cpu.user + cpu.system - this.#cpu.user - this.#cpu.system) / 1_000;
    this.#longest = Math.max(this.#longest, Math.min(now - this.#at, spent));
    [this.#at, this.#cpu] = [now, cpu];
  }
}
