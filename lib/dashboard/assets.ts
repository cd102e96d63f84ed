import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { BlueGreenError } from '../domain/errors.js';
import { packageFile } from '../kit/package-file.js';

/** A file of the page, ready to be served. */
interface Asset {
  readonly type: string;
  readonly body: Buffer;
  /** Changes with the content. */
  readonly hash: string;
}

const TYPES = { 'app.js': 'text/javascript; charset=utf-8', 'app.css': 'text/css; charset=utf-8' };
export type AssetName = keyof typeof TYPES;

export type Assets = Readonly<Record<AssetName, Asset>>;

/** The bundle of the page. @throws {BlueGreenError} when the build did not write it. */
export function readAssets(): Assets {
  return { 'app.js': readAsset('app.js'), 'app.css': readAsset('app.css') };
}

export function isAssetName(name: string): name is AssetName {
  return Object.hasOwn(TYPES, name);
}

function readAsset(name: AssetName): Asset {
  try {
    const body = readFileSync(packageFile(`dist/lib/dashboard/assets/${name}`));
    return { type: TYPES[name], body, hash: createHash('sha256').update(body).digest('base64url').slice(0, 12) };
  } catch (error) {
    const remedy = 'Run `npm run build`, or leave the dashboard out.';
    throw new BlueGreenError('assets_missing', `The dashboard's ${name} is missing.`, remedy, 500, { cause: error });
  }
}
