/** Injection tokens of values that are not classes. Tests may override them. */
export const CLOCK = Symbol('nestjs-blue-green:clock');
export const RANDOM = Symbol('nestjs-blue-green:random');
export const JOURNAL = Symbol('nestjs-blue-green:journal');
/** The connection that replicas share; absent in a single process. */
export const REDIS = Symbol('nestjs-blue-green:redis');
/** The primary process where this one is a worker of `serve --workers`; absent otherwise. */
export const PRIMARY = Symbol('nestjs-blue-green:primary');
/** The answers that people may score; absent where no evaluator takes scores from outside. */
export const ANSWERS = Symbol('nestjs-blue-green:answers');
/** The parsed options. */
export const CONFIG = Symbol('nestjs-blue-green:config');
/** The controllers behind keys and where each is mounted. */
export const MOUNTED = Symbol('nestjs-blue-green:mounted');
/** All of our controllers with their paths, those of the dashboard and of health too. */
export const ALL_MOUNTED = Symbol('nestjs-blue-green:all-mounted');
/** The name of something mounted that needs keys; `undefined` if nothing does. */
export const KEYS_NEEDED = Symbol('nestjs-blue-green:keys-needed');
/** Where Prometheus reads the metrics; `undefined`: nowhere. */
export const PROMETHEUS = Symbol('nestjs-blue-green:prometheus');
/** Seals sessions of the dashboard; `undefined`: a random secret of this process. */
export const SESSION_SECRET = Symbol('nestjs-blue-green:session-secret');
/** Closes what the module holds open, at the very end. */
export const CLOSE = Symbol('nestjs-blue-green:close');
