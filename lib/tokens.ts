/** Injection tokens of values that are no classes. Override them in tests. */
export const CLOCK = Symbol('nestjs-blue-green:clock');
export const RANDOM = Symbol('nestjs-blue-green:random');
export const JOURNAL = Symbol('nestjs-blue-green:journal');
/** The connection that replicas share; absent in a single process. */
export const REDIS = Symbol('nestjs-blue-green:redis');
/** The parsed options. */
export const CONFIG = Symbol('nestjs-blue-green:config');
/** The controllers behind keys and where each is mounted. */
export const MOUNTED = Symbol('nestjs-blue-green:mounted');
/** What is mounted that only callers with keys can use; `undefined` when nothing is. */
export const KEYS_NEEDED = Symbol('nestjs-blue-green:keys-needed');
/** Where the metrics go; `undefined`: nowhere. */
export const PROMETHEUS = Symbol('nestjs-blue-green:prometheus');
/** What seals sessions of the dashboard; `undefined`: a secret of the process. */
export const SESSION_SECRET = Symbol('nestjs-blue-green:session-secret');
