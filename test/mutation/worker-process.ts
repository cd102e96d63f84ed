import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Attempt, Job, Measured, Tried } from './jobs.js';
import type { Instead } from './register.js';

/** One process that runs specs. It is replaced when a mutant has hung it or may have left something behind. */
export class WorkerProcess {
  private child: ChildProcess | undefined;

  constructor(private readonly instead: Instead) {}

  async measure(spec: string): Promise<Measured | undefined> {
    return this.ask<Measured>({ name: 'measure', spec }, 120_000);
  }

  /** Nothing when the process hung, or ended. */
  async attempt(job: Attempt): Promise<Tried> {
    if (job.fromStart) this.end();
    // Longer than everything the process itself would wait for.
    const patience = job.parts.reduce((sum, { ms }) => sum + 5000 + ms * 12, 10_000);
    const tried = (await this.ask<Tried>(job, patience)) ?? { verdict: 'timeout' };
    if (job.fromStart || tried.verdict === 'timeout' || tried.verdict === 'unsure') this.end();
    return tried;
  }

  end(): void {
    this.child?.kill('SIGKILL');
    this.child = undefined;
  }

  private async ask<Answer>(job: Job, patience: number): Promise<Answer | undefined> {
    this.child ??= this.start();
    const given = new AbortController();
    const { signal } = given;
    const late = setTimeout(() => given.abort(), patience);
    try {
      const answered = once(this.child, 'message', { signal }) as Promise<[Answer | { error: string }]>;
      const ended = once(this.child, 'exit', { signal }).then(() => undefined);
      this.child.send(job);
      const answer = await Promise.race([answered, ended]);
      if (!answer) this.child = undefined;
      return answer && !('error' in (answer[0] as object)) ? (answer[0] as Answer) : undefined;
    } catch {
      this.end();
      return undefined;
    } finally {
      clearTimeout(late);
      given.abort();
    }
  }

  private start(): ChildProcess {
    const child = fork(new URL('worker.js', import.meta.url), {
      execArgv: ['--import', new URL('register.js', import.meta.url).href, '--no-warnings'],
      env: { ...process.env, MUTATION_INSTEAD: JSON.stringify(this.instead) },
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    child.setMaxListeners(0);
    return child;
  }
}
