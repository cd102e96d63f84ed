/** Injection tokens of values that are no classes. Override them in tests. */
export const CLOCK = Symbol('nestjs-blue-green:clock');
export const RANDOM = Symbol('nestjs-blue-green:random');
export const JOURNAL = Symbol('nestjs-blue-green:journal');
/** The parsed options. */
export const CONFIG = Symbol('nestjs-blue-green:config');
/** Whether the gateway is mounted. */
export const GATEWAY_ON = Symbol('nestjs-blue-green:gateway-on');
/** The connection to Redis, if there is one. */
export const REDIS = Symbol('nestjs-blue-green:redis');
