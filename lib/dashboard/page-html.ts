import { escapeHtml } from '../report/escape.js';
import type { Assets } from './assets.js';

/** Allows our own files only: no inline script or style, no framing, no other host. */
export const PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
};

/**
 * The empty page. Links are relative to the requested address, so that it works below any prefix, including one that a
 * proxy strips.
 */
export function pageHtml(pathname: string, assets: Assets): string {
  const base = escapeHtml(pathname.endsWith('/') ? '' : `${pathname.slice(pathname.lastIndexOf('/') + 1)}/`);
  const link = (name: keyof Assets): string => `./${base}assets/${name}?v=${assets[name].hash}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Blue-green</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${link('app.css')}">
<script type="module" src="${link('app.js')}"></script>
</head>
<body><noscript>This page needs JavaScript.</noscript></body>
</html>
`;
}
