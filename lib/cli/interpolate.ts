/** A text with its variables filled in. */
export interface Interpolated {
  readonly text: string;
  /** Variables whose values are in the text. */
  readonly filled: readonly string[];
  /** Variables that are not set and have no default. */
  readonly missing: readonly string[];
  /** It has a `${` that does not end, or does not name a variable. */
  readonly malformed: boolean;
}

/** A default has no braces of its own: it would end at the first one. */
const VARIABLE = /\$\$\{|\$\{([A-Za-z_][A-Za-z0-9_]{0,127})(?::-([^{}]*))?\}|\$\{/g;

/** Fills in `${NAME}` and `${NAME:-default}`; the default also stands for an empty variable. `$${` is a plain `${`. */
export function interpolated(text: string, env: Readonly<Record<string, string | undefined>>): Interpolated {
  const missing: string[] = [];
  const names: string[] = [];
  let malformed = false;
  const filled = text.replace(VARIABLE, (whole, name: string | undefined, fallback: string | undefined) => {
    if (whole === '$${') return '${';
    if (name === undefined) {
      malformed = true;
      return whole;
    }
    const value = Object.hasOwn(env, name) ? env[name] : undefined;
    if (value !== undefined && (value !== '' || fallback === undefined)) {
      names.push(name);
      return value;
    }
    if (fallback !== undefined) return fallback;
    missing.push(name);
    return whole;
  });
  return { text: filled, filled: names, missing, malformed };
}
