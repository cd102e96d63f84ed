import type { IncomingMessage, Server } from 'node:http';
import type { AbstractHttpAdapter } from '@nestjs/core';
import { pathsMatcher } from './paths-matcher.js';

/**
 * A percent sign that begins no character stands for itself, at our own paths: a name such as `%zz` is an unknown one,
 * and answered like any. Routers refuse such a path by themselves, in a shape that no SDK knows.
 */
export function mendStrayPercents(adapter: AbstractHttpAdapter, paths: readonly string[]): void {
  const server: Server | undefined = adapter.getHttpServer?.();
  if (typeof server?.prependListener !== 'function') return;
  const isOurs = pathsMatcher(paths);
  server.prependListener('request', (request: IncomingMessage) => {
    const { url = '' } = request;
    if (!url.includes('%')) return;
    const end = url.indexOf('?');
    const pathname = end < 0 ? url : url.slice(0, end);
    if (isReadable(pathname) || !isOurs(pathname)) return;
    request.url = mended(pathname) + url.slice(pathname.length);
  });
}

function mended(pathname: string): string {
  const escaped = pathname.replaceAll(/%(?![0-9a-f]{2})/gi, '%25');
  return isReadable(escaped) ? escaped : pathname.replaceAll('%', '%25');
}

function isReadable(pathname: string): boolean {
  try {
    decodeURIComponent(pathname);
    return true;
  } catch {
    return false;
  }
}
