import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { logIn, openBrowser, openPage } from './support/browser.js';
import { DashboardApp, READER } from './support/dashboard.js';

const ROUTES = Array.from({ length: 200 }, (_, n) => `route-${n}`);
const EVENTS = 400;
/** Milliseconds between two frames that a person would call stuck. It is many times what is seen on a busy machine. */
const STUCK = 500;

let browser: Browser;
let app: DashboardApp;
beforeAll(async () => {
  [browser, app] = await Promise.all([openBrowser(), DashboardApp.start({ routes: ROUTES })]);
});
afterAll(async () => {
  await browser.close();
  await app.stop();
});

/** In the page: the gap between each frame and the next, milliseconds, until `stop` is called. */
const WATCH_FRAMES = `
  window.gaps = [];
  let last = performance.now();
  const next = (now) => { window.gaps.push(now - last); last = now; window.frames_ = requestAnimationFrame(next); };
  requestAnimationFrame((now) => { last = now; next(now); });
`;

/** An event every 10 ms, each one a change of weights that goes through the journal. */
async function storm(): Promise<void> {
  const begun = performance.now();
  for (let n = 0; n < EVENTS; n++) {
    const alias = ROUTES[n % 7 === 0 ? 0 : n % ROUTES.length]!;
    const green = 10 + (n % 80);
    await app.rollouts.setTrafficWeights(alias, { blue: 100 - green, green }, { actor: 'load', reason: `event ${n}` });
    const early = begun + (n + 1) * 10 - performance.now();
    if (early > 0) await new Promise((resolve) => setTimeout(resolve, early));
  }
}

test('200 routes and an event every 10 ms leave the page responsive, and it misses nothing', async () => {
  const { page, complaints } = await openPage(browser, `${app.url}#/routes/route-0`);
  await logIn(page, READER);
  await page.getByRole('link', { name: 'route-199' }).waitFor();
  await page.getByText('Nothing was', { exact: false }).waitFor({ state: 'detached' });
  await page.evaluate(WATCH_FRAMES);

  const storming = storm();
  // Somebody works meanwhile: what is typed finds its route while events come in.
  await page.getByRole('searchbox').fill('route-42');
  await page.getByRole('link', { name: 'route-0', exact: false }).waitFor({ state: 'detached' });
  await page.getByRole('searchbox').fill('');
  await storming;
  const log = page.locator('.log');
  await log.getByText(`event ${EVENTS - 1} `).waitFor();
  await page.goto(`${app.url}#/`);
  await page.getByRole('heading', { name: 'All routes' }).waitFor();
  const shown = (await log.locator('li').allInnerTexts()).map((text) => Number(/event (\d+)/.exec(text)?.[1]));
  expect(shown).toEqual(Array.from({ length: 25 }, (_, n) => EVENTS - 1 - n));

  const gaps = await page.evaluate<number[]>('window.gaps');
  const sorted = gaps.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.floor((sorted.length - 1) * share)]!;
  expect(gaps.length).toBeGreaterThan(20);
  expect(at(0.5)).toBeLessThan(STUCK / 5);
  expect(at(1)).toBeLessThan(STUCK);
  expect(complaints).toEqual([]);
});
