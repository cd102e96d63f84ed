export function percent(value: number | null | undefined, digits = 2): string {
  return value == null ? '–' : `${Number(value.toFixed(digits))}%`;
}

export function rate(fraction: number | null | undefined): string {
  return percent(fraction == null ? fraction : fraction * 100);
}

export function ms(value: number | null | undefined): string {
  if (value == null) return '–';
  return value >= 10_000 ? `${Number((value / 1_000).toFixed(1))} s` : `${Math.round(value)} ms`;
}

export function usd(value: number | null | undefined): string {
  if (value == null) return '–';
  if (value === 0) return '$0';
  return value >= 1 ? `$${value.toFixed(2)}` : `$${Number(value.toPrecision(3))}`;
}

export function figure(value: number | null | undefined): string {
  return value == null ? '–' : String(Number(value.toPrecision(3)));
}

/** `1 h 30 min`. */
export function span(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1_000);
  const parts = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3_600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ].filter(([amount]) => amount !== 0);
  return parts.length === 0 ? '0 s' : parts.map((part) => part.join(' ')).join(' ');
}

export function clockTime(at: number): string {
  return new Date(at).toLocaleTimeString(undefined, {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hour12: false,
  });
}

/** `RolloutStarted` → `Rollout started`. */
export function words(type: string): string {
  const text = type.replace(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).replaceAll('_', ' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** The class for the color of an environment. */
export function hue(environment: string): string {
  return environment === 'blue' || environment === 'green' ? `hue-${environment}` : 'hue-other';
}
