import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { logIn, openBrowser, openPage, type WatchedPage } from './support/browser.js';
import { DashboardApp, OPERATOR, READER } from './support/dashboard.js';

let browser: Browser;
let app: DashboardApp;
let opened: WatchedPage[];
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());
beforeEach(async () => {
  app = await DashboardApp.start();
  opened = [];
});
afterEach(async () => {
  for (const { page, complaints, foreign } of opened) {
    await page.context().close();
    expect({ complaints, foreign }).toEqual({ complaints: [], foreign: [] });
  }
  await app.stop();
});

async function open(key: string, address = '#/routes/support-chat', options: Parameters<typeof openPage>[2] = {}) {
  const watched = await openPage(browser, `${app.url}${address}`, options);
  opened.push(watched);
  await logIn(watched.page, key);
  return watched.page;
}

/** Presses a button and gives a reason, as the dialog asks for. */
async function command(page: Page, name: string, reason: string): Promise<void> {
  await page.getByRole('button', { name, exact: true }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Reason').fill(reason);
  await dialog.getByRole('button', { name, exact: true }).click();
  await dialog.waitFor({ state: 'detached' });
}

const phase = (page: Page, name: string) => page.locator('.title .badge', { hasText: name }).waitFor();

/**
 * Whether there is the colour of the first line in each twentieth of a chart, from left to right. Runs in the browser.
 */
function paintedParts(chart: unknown): boolean[] {
  type Canvas = {
    width: number;
    height: number;
    getContext(kind: '2d'): { getImageData(...box: number[]): { data: number[] } };
  };
  type Place = { closest(of: string): Place; querySelector(of: string): Place & Canvas };
  const view = globalThis as unknown as {
    getComputedStyle(of: unknown): { borderTopColor: string };
    devicePixelRatio: number;
  };
  const figure = (chart as Place).closest('figure');
  const colour = view
    .getComputedStyle(figure.querySelector('.legend .line'))
    .borderTopColor.match(/[0-9]+/g)!
    .map(Number);
  const canvas = figure.querySelector('canvas');
  const { width, height } = canvas;
  const { data } = canvas.getContext('2d').getImageData(0, 0, width, height);
  // The figures of the left axis are no part of it.
  const left = 64 * view.devicePixelRatio;
  const parts = Array.from({ length: 20 }, () => false);
  for (let x = left; x < width; x++) {
    for (let y = 0; y < height; y++) {
      const pixel = (y * width + x) * 4;
      const isLine =
        data[pixel + 3]! > 100 && colour.every((value, index) => Math.abs(value - data[pixel + index]!) < 30);
      if (isLine) parts[Math.min(19, Math.floor(((x - left) / (width - left)) * 20))] = true;
    }
  }
  return parts;
}

/** What axe finds on the page as it is; it runs beside the page's own policy. */
async function findings(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const { axe: tool } = globalThis as unknown as {
      axe: { run(): Promise<{ violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[] }> };
    };
    const { violations } = await tool.run();
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary ?? ''}`),
    );
  });
}

describe('the page in a browser', () => {
  test('drives a rollout, and shows how it reverts by itself when green fails', async () => {
    await app.pass(5);
    const page = await open(OPERATOR);
    await command(page, 'Start rollout', 'shorter prompt');
    await phase(page, 'Progressing');
    await page.getByRole('img', { name: 'Traffic: blue 95%, green 5%' }).first().waitFor();

    await command(page, 'Pause', 'over lunch');
    await phase(page, 'Paused: manual');
    await command(page, 'Resume', 'back again');
    await phase(page, 'Progressing');
    await app.pass(16);
    await page.getByRole('img', { name: 'Traffic: blue 75%, green 25%' }).first().waitFor();
    await page.locator('.steps [aria-current=step]', { hasText: '25%' }).waitFor();
    await page.getByRole('meter', { name: 'Evidence of failures against its limit' }).waitFor();

    await app.pass(6, { failing: 0.6 });
    await phase(page, 'Rolled back');
    await page.getByRole('img', { name: 'Traffic: blue 100%' }).first().waitFor();
    await page.locator('.gates .badge', { hasText: 'Fail' }).waitFor();
    await page.locator('section[aria-labelledby=alerts] b', { hasText: 'Rollback' }).waitFor();
    const journal = page.getByRole('region', { name: 'Journal' }).or(page.locator('section[aria-labelledby=journal]'));
    const text = await journal.first().innerText();
    expect(text).toContain('shorter prompt');
    expect(text).toContain('by ada');
    expect(text).toContain('automatic');
  });

  test('shows the figures of both environments over time', async () => {
    await app.rollouts.start('support-chat');
    await app.pass(8);
    const page = await open(READER);
    for (const title of ['Traffic', 'Error rate', 'Latency', 'First token', 'Cost of 1,000 requests']) {
      await page.getByRole('img', { name: new RegExp(`^${title}, newest: blue .*green `) }).waitFor();
    }
  });

  test('draws nothing where nobody asked, and a dot for a minute by itself', async () => {
    await app.pass(2);
    app.clock.advance(8 * 60_000);
    await app.pass(1);
    const page = await open(READER);
    const chart = page.getByRole('img', { name: /^Latency, newest: blue/ });
    await chart.locator('canvas').waitFor();
    const painted = await chart.evaluate(paintedParts);
    expect(painted[0]).toBe(true);
    expect(painted.slice(4, 16)).not.toContain(true);
    expect(painted.slice(16)).toContain(true);
  });

  test('rolls back at once, with a reason, by keyboard alone', async () => {
    await app.rollouts.start('support-chat');
    const page = await open(OPERATOR);
    await page.getByRole('button', { name: 'Roll back' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.type('answers are too short');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await phase(page, 'Rolled back');
    expect(app.rollouts.status('support-chat').rollout?.phase).toMatchObject({ reason: 'answers are too short' });
  });

  test('promotes a split by hand, and offers that only while there is one', async () => {
    const page = await open(OPERATOR);
    await page.getByRole('button', { name: 'Start rollout' }).waitFor();
    const button = page.getByRole('button', { name: 'Promote' });
    expect(await button.count()).toBe(0);
    await app.rollouts.setTrafficWeights('support-chat', { blue: 90, green: 10 });
    await command(page, 'Promote', 'good enough');
    await button.waitFor({ state: 'detached' });
    expect(app.rollouts.route('support-chat')).toMatchObject({ active: 'green', weights: { blue: 0, green: 100 } });
  });

  test('offers a rollback whenever it would change something', async () => {
    const page = await open(OPERATOR);
    await page.getByRole('button', { name: 'Start rollout' }).waitFor();
    const button = page.getByRole('button', { name: 'Roll back' });
    expect(await button.count()).toBe(0);
    await app.rollouts.setTrafficWeights('support-chat', { blue: 90, green: 10 });
    await button.waitFor();
    await app.rollouts.promote('support-chat');
    await command(page, 'Roll back', 'enough');
    await button.waitFor({ state: 'detached' });
    expect(app.rollouts.route('support-chat').weights).toEqual({ blue: 100, green: 0 });
  });

  test('tells a rollout that is over from weights that were set by hand since', async () => {
    await app.rollouts.start('support-chat');
    await app.rollouts.rollback('support-chat');
    const page = await open(OPERATOR);
    await phase(page, 'Rolled back');
    await app.rollouts.setTrafficWeights('support-chat', { blue: 50, green: 50 });
    await phase(page, 'Last rollout: rolled back');
    await page.getByText('The weights were set by hand afterwards').waitFor();
    await command(page, 'Roll back', 'enough');
    await phase(page, 'Rolled back');
    expect(app.rollouts.route('support-chat').weights).toEqual({ blue: 100, green: 0 });
  });

  test('asks for a reason, and does nothing when the dialog is left', async () => {
    await app.rollouts.start('support-chat');
    const page = await open(OPERATOR);
    await page.getByRole('button', { name: 'Promote' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Promote' }).click();
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(app.rollouts.status('support-chat').rollout?.phase.name).toBe('Progressing');
  });

  test('offers no commands to a key that may only read', async () => {
    await app.rollouts.start('support-chat');
    const page = await open(READER);
    await page.getByText('Schedule').waitFor();
    expect(await page.locator('main button').count()).toBe(0);
  });

  test('says why it does not let somebody in, keeps who is in when reloaded, and lets them out', async () => {
    const watched = await openPage(browser, app.url);
    opened.push(watched);
    const { page } = watched;
    await page.getByLabel('Access key').fill('a-key-that-nobody-has');
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByText('This is not an access key of this app.').waitFor();
    await logIn(page, READER);
    await page.reload();
    await page.getByText('Live', { exact: true }).waitFor();
    expect(await page.evaluate('document.cookie')).toBe('');
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.getByLabel('Access key').waitFor();
  });

  test('takes up the events where they broke off', async () => {
    const page = await open(READER);
    await page.getByRole('heading', { name: 'Journal' }).waitFor();
    await page.context().setOffline(true);
    (app.app.getHttpServer() as import('node:http').Server).closeAllConnections();
    await page.getByText('Reconnecting…').waitFor();
    await app.rollouts.start('support-chat', { reason: 'while nobody looked' });
    await page.context().setOffline(false);
    await page.getByText('Live', { exact: true }).waitFor();
    await page.locator('section[aria-labelledby=journal]', { hasText: 'while nobody looked' }).waitFor();
  });
});

describe('for everybody', () => {
  test.each(['light', 'dark'] as const)('axe finds nothing in %s colours', async (colorScheme) => {
    await app.rollouts.start('support-chat');
    await app.pass(8);
    const watched = await openPage(browser, `${app.url}#/routes/support-chat`, {
      colorScheme,
      reducedMotion: 'reduce',
    });
    opened.push(watched);
    const { page } = watched;
    await page.getByLabel('Access key').waitFor();
    expect(await findings(page)).toEqual([]);
    await logIn(page, OPERATOR);
    await page.getByRole('heading', { name: 'Error rate' }).waitFor();
    expect(await findings(page)).toEqual([]);
    await page.getByRole('button', { name: 'Roll back' }).click();
    await page.getByRole('dialog').waitFor();
    expect(await findings(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await app.rollouts.rollback('support-chat', { reason: 'enough' });
    await phase(page, 'Rolled back');
    expect(await findings(page)).toEqual([]);
    await page.goto(`${app.url}#/`);
    await page.getByRole('heading', { name: 'All routes' }).waitFor();
    expect(await findings(page)).toEqual([]);
  });

  test('the report has nothing that axe finds, and asks nobody for anything', async () => {
    await app.rollouts.start('support-chat');
    await app.pass(8, { failing: 0.9 });
    const watched = await openPage(browser, 'about:blank');
    await watched.page.setContent(await app.report('html'));
    expect(await findings(watched.page)).toEqual([]);
    expect(watched.foreign).toEqual([]);
    await watched.page.context().close();
  });

  test('fits a phone: nothing is wider than 375 pixels', async () => {
    await app.rollouts.start('support-chat');
    await app.pass(8);
    const page = await open(OPERATOR, '#/', { viewport: { width: 375, height: 700 } });
    await page.getByRole('link', { name: 'support-chat' }).click();
    await page.getByRole('heading', { name: 'Error rate' }).waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(375);
    await page.getByRole('link', { name: 'All routes' }).click();
    await page.getByRole('searchbox').waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(375);
  });
});
