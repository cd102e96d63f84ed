import type { Abstract, FactoryProvider, InjectionToken, OptionalFactoryDependency, Type } from '@nestjs/common';

/** A class, or the symbol of a value that is not one. */
type Token<T> = Type<T> | Abstract<T> | symbol | OptionalFactoryDependency;

/** Builds a plain class from what is injected, in the order of its constructor. */
export function built<T, Args extends readonly unknown[]>(
  type: new (...args: Args) => T,
  ...inject: { [K in keyof Args]: Token<NonNullable<Args[K]>> }
): FactoryProvider<T> {
  return {
    provide: type,
    inject: [...(inject as InjectionToken[])],
    useFactory: (...args: unknown[]) => new type(...(args as unknown as Args)),
  };
}

/** Builds a plain class whose constructor takes one object, from what is injected by name. */
export function builtFrom<T, Deps extends object>(
  type: new (deps: Deps) => T,
  inject: { readonly [K in keyof Deps]-?: Token<NonNullable<Deps[K]>> },
): FactoryProvider<T> {
  const names = Object.keys(inject);
  return {
    provide: type,
    inject: Object.values<InjectionToken>(inject as Record<string, InjectionToken>),
    useFactory: (...values: readonly unknown[]) =>
      new type(Object.fromEntries(names.map((name, index) => [name, values[index]])) as Deps),
  };
}
