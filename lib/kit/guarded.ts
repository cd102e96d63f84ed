import { Observable, type Observer, type Operator, type Subscription } from 'rxjs';

type Next<T> = Partial<Observer<T>> | ((value: T) => void) | null;

/**
 * An observable whose subscribers may throw. rxjs rethrows their errors in a timer, where nothing can catch them and
 * the process ends; here `onError` gets them, and the subscription continues. Works after operators, too.
 */
export class Guarded<T> extends Observable<T> {
  constructor(
    source: Observable<T> | undefined,
    private readonly onError: (error: unknown) => void,
  ) {
    super();
    this.source = source;
  }

  override lift<R>(operator?: Operator<T, R>): Observable<R> {
    const lifted = new Guarded<R>(undefined, this.onError);
    lifted.source = this;
    lifted.operator = operator;
    return lifted;
  }

  override subscribe(observer?: Next<T>): Subscription;
  override subscribe(
    next?: ((value: T) => void) | null,
    error?: ((error: unknown) => void) | null,
    complete?: (() => void) | null,
  ): Subscription;
  override subscribe(
    to?: Next<T>,
    error?: ((error: unknown) => void) | null,
    complete?: (() => void) | null,
  ): Subscription {
    // A subscriber made by rxjs belongs to an operator: the end of the chain is guarded.
    if (typeof to === 'object' && to !== null && 'isStopped' in to) return super.subscribe(to);
    const observer = typeof to === 'function' || !to ? { next: to, error, complete } : to;
    return super.subscribe({
      next: (value) => this.#run(() => observer.next?.(value)),
      error: (problem: unknown) => this.#run(() => observer.error?.(problem)),
      complete: () => this.#run(() => observer.complete?.()),
    });
  }

  #run(tell: () => void): void {
    try {
      tell();
    } catch (error) {
      this.onError(error);
    }
  }
}
