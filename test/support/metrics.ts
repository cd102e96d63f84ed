import { parseExposition, type Family } from './exposition.js';
import { READER } from './control.js';
import { urlOf } from './stage.js';
import type { INestApplication } from '@nestjs/common';

/** What a Prometheus would get. */
export async function scrape(app: INestApplication, path = '/metrics/prometheus'): Promise<string> {
  const response = await fetch(`${urlOf(app)}${path}`, { headers: { authorization: `Bearer ${READER}` } });
  if (response.status !== 200) throw new Error(`${path} answers ${response.status}`);
  return response.text();
}

/** The same, read; our metrics only. */
export async function metricsOf(app: INestApplication): Promise<Map<string, Family>> {
  const all = parseExposition(await scrape(app));
  return new Map([...all].filter(([name]) => name.startsWith('blue_green_')));
}
