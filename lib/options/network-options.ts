import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { withScheme } from '../upstream/network.js';
import { layerOf } from './layers.js';

/** The way to providers. */
export interface NetworkOptions {
  /**
   * A proxy for every call: `http://user:password@proxy:3128`. `false`: none. Default: the environment variables
   * `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`, except for addresses of this machine.
   */
  proxy?: string | false | undefined;
  /** Certificates to trust besides the public ones: PEM, or the path of a file that is read at start. */
  ca?: string | undefined;
  /** HTTP/2 where the provider offers it. Default `false`. */
  allowH2?: boolean | undefined;
}

const proxyUrl = z.string().refine((value) => /^https?:$/.test(protocolOf(value)), {
  error: 'is not the address of a proxy',
  params: { remedy: "Write it like 'http://proxy.example:3128', or false for none." },
});

const BEGIN = '-----BEGIN ';

const certificates = z.string().transform((value, context) => {
  const text = value.includes(BEGIN) ? value : contentOf(value);
  if (text?.includes(BEGIN)) return text;
  const message = text === undefined ? 'is a file that cannot be read' : 'has no certificate in it';
  const params = { remedy: 'Set it to PEM text, or to the path of a file with it.' };
  context.addIssue({ code: 'custom', message, params });
  return z.NEVER;
});

export const network = z.strictObject({
  proxy: z.union([z.literal(false), proxyUrl]).optional(),
  ca: certificates.optional(),
  allowH2: z.boolean().default(false),
});

export const networkLayer = layerOf(network);

function protocolOf(proxy: string): string {
  const address = withScheme(proxy);
  return URL.canParse(address) ? new URL(address).protocol : '';
}

function contentOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
