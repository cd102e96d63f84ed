// Pictures for the documentation, and the demo as a film: npm run screenshots
import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { logIn, openBrowser, openPage } from './browser.js';
import { DashboardApp, OPERATOR } from './dashboard.js';
import { filmTerminal } from './terminal-film.js';

const IMAGES = fileURLToPath(new URL('../../../docs/images/', import.meta.url));
const ROUTES = ['support-chat', 'order-search', 'returns', 'product-questions', 'translations'];

await mkdir(IMAGES, { recursive: true });
const app = await DashboardApp.start({ routes: ROUTES });
const browser = await openBrowser();

async function shoot(name: string, options: Parameters<typeof openPage>[2], then?: (page: Page) => Promise<void>) {
  const { page } = await openPage(browser, `${app.url}#/routes/support-chat`, { deviceScaleFactor: 1.5, ...options });
  await logIn(page, OPERATOR);
  await page.getByRole('heading', { name: 'Error rate' }).waitFor();
  await then?.(page);
  await page.screenshot({ path: `${IMAGES}${name}.png` });
  await page.context().close();
}

await app.rollouts.start('returns', { actor: 'grace', reason: 'cheaper model' });
await app.rollouts.pause('returns', { actor: 'grace', reason: 'over lunch' });
await app.pass(30);
await app.rollouts.start('support-chat', { actor: 'ada', reason: 'shorter prompt' });
await app.pass(24);
const desk = { viewport: { width: 1280, height: 1500 } };
await shoot('dashboard-light', { ...desk, colorScheme: 'light' });
await shoot('dashboard-dark', { ...desk, colorScheme: 'dark' });
await shoot('dashboard-phone', { viewport: { width: 375, height: 900 } });
await app.pass(8, { failing: 0.3 });
await shoot('dashboard-rollback', { ...desk, colorScheme: 'light' });

const report = await browser.newPage({ viewport: { width: 900, height: 1400 }, deviceScaleFactor: 1.5 });
await report.setContent(await app.report('html'));
await report.screenshot({ path: `${IMAGES}rollout-report.png` });

await browser.close();
await app.stop();

await writeFile(`${IMAGES}demo.svg`, await filmTerminal('node dist/sample-app/demo.js'));
