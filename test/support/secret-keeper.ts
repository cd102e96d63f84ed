import { createHash, randomBytes } from 'node:crypto';

/** What nobody but its receiver may see, by a name that is none. */
export function secrets<Name extends string>(...names: readonly Name[]): Record<Name, string> {
  return Object.fromEntries(names.map((name) => [name, `sk${randomBytes(18).toString('hex')}`])) as Record<
    Name,
    string
  >;
}

/** A secret in the forms in which it might slip out. */
function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  // Base64 of the middle of a text depends on what stands in front of it.
  const base64 = [0, 1, 2].map((shift) =>
    Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .slice(shift === 0 ? 0 : 4, 36),
  );
  const digests = ['sha256', 'sha1', 'md5'].map((name) => createHash(name).update(secret).digest('hex'));
  return [secret, secret.toUpperCase(), bytes.toString('hex'), ...base64, ...digests];
}

/** All that was written, by where it went. */
export class Written {
  readonly #parts: { readonly where: string; readonly text: string }[] = [];

  add(where: string, what: string | Buffer): void {
    this.#parts.push({ where, text: typeof what === 'string' ? what : what.toString('latin1') });
  }

  /** Where anything went, so that a test can tell silence from looking at nothing. */
  get places(): ReadonlySet<string> {
    return new Set(this.#parts.map(({ where }) => where.split(' ')[0]!));
  }

  /** Which of these secrets stand where, as `name: place`. */
  found(hidden: Readonly<Record<string, string>>, except: (where: string) => boolean = () => false): string[] {
    const found = Object.entries(hidden).flatMap(([name, secret]) =>
      this.#parts
        .filter(({ where, text }) => !except(where) && formsOf(secret).some((form) => text.includes(form)))
        .map(({ where }) => `${name}: ${where}`),
    );
    return [...new Set(found)];
  }
}
