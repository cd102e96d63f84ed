import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readFileSync, writeFileSync } from 'node:fs';
import { parse } from 'yaml';
import { CONSEQUENCES, countsAgainstArm, type FailureClass } from '../lib/domain/outcome.js';
import type { Family } from './support/exposition.js';
import { metricsOf } from './support/metrics.js';
import { metricsWorld } from './support/metrics-world.js';
import type { Sending } from './support/sending.js';

const DOCS = new URL('../../docs/', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, DOCS), 'utf8');

/** Labels that are Prometheus' own, or of the targets. */
const FOREIGN = new Set(['le', 'instance', 'job']);
/** Absent without environments of another format, and without replicas. */
const SILENT = ['blue_green_warnings_total', 'blue_green_figures_age_seconds'];

const labelsOf = ({ series }: Family) => [...new Set(series.flatMap(({ labels }) => Object.keys(labels)))];
/** Without what the formatter decides. */
const bare = (text: string): string => text.replaceAll(/[ -]+/g, ' ');

interface Panel {
  readonly title?: string;
  readonly targets?: readonly { readonly expr: string }[];
  readonly panels?: readonly Panel[];
}
interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

describe('what the docs say of metrics', () => {
  let world: Sending;
  let families: Map<string, Family>;

  beforeAll(async () => {
    world = await metricsWorld();
    families = await metricsOf(world.app);
  });
  afterAll(() => world.stop());

  /** Metrics that an expression reads and that there are none of; labels that none of its metrics has. */
  const unknownIn = (expression: string): string[] => {
    const names = expression.match(/\bblue_green_\w+/g) ?? [];
    const known = names.map((name) => families.get(name) ?? families.get(name.replace(/_(?:bucket|sum|count)$/, '')));
    const labels = new Set(known.flatMap((family) => (family ? labelsOf(family) : [])));
    const selectors = [...expression.matchAll(/\{([^}]*)\}/g)].flatMap(
      ([, inner]) => inner!.match(/\w+(?=\s*[=!]~?")/g) ?? [],
    );
    const groups = [...expression.matchAll(/\b(?:by|on|group_left)\s*\(([^)]*)\)/g)].flatMap(
      ([, inner]) => inner!.match(/\w+/g) ?? [],
    );
    return [
      ...names.filter((_, n) => !known[n]),
      ...[...selectors, ...groups].filter((label) => !labels.has(label) && !FOREIGN.has(label)),
    ];
  };

  test('the table has every metric with its type, its labels and what it means', () => {
    const rows = [...families.values()].map((family) => {
      const labels = labelsOf(family).filter((label) => label !== 'le');
      return `| \`${family.name}\` | ${family.type} | ${labels.map((label) => `\`${label}\``).join(', ')} | ${family.help} |`;
    });
    const table = ['| metric | type | labels | meaning |', '| --- | --- | --- | --- |', ...rows].join('\n');
    const now = read('observability.md');
    const [before = '', old = '', after = ''] = now.split(/(\| metric +\| type[^]*?\|)\n\n/);
    // To renew it: npm run -s build && RENEW=1 npm run -s test:jest -- observability-docs && npm run -s format
    if (process.env['RENEW'] === '1') writeFileSync(new URL('observability.md', DOCS), `${before}${table}\n\n${after}`);
    expect(bare(old)).toBe(bare(table));
  });

  test('every metric of the world in these tests has something to say', () => {
    expect([...families.values()].filter(({ series }) => series.length === 0).map(({ name }) => name)).toEqual(SILENT);
  });

  test('the Grafana dashboard asks for metrics and labels that there are', () => {
    const dashboard = JSON.parse(read('grafana/blue-green.json')) as {
      readonly panels: readonly Panel[];
      readonly annotations: { readonly list: readonly { readonly expr: string }[] };
    };
    const panels = dashboard.panels.flatMap((panel) => [panel, ...(panel.panels ?? [])]);
    const asked = [...panels.flatMap(({ targets = [] }) => targets), ...dashboard.annotations.list].map(
      ({ expr }) => expr,
    );
    expect(asked.length).toBeGreaterThan(10);
    expect(asked.flatMap((expr) => unknownIn(expr.replaceAll(/\$\w+/g, '5m')))).toEqual([]);
    expect(asked.filter((expr) => !expr.includes('blue_green_'))).toEqual([]);
  });

  test('the alert rules ask for metrics and labels that there are, and say what to do', () => {
    const { groups } = parse(read('prometheus/alerts.yaml')) as { groups: { rules: Rule[] }[] };
    const rules = groups.flatMap((group) => group.rules);
    expect(rules.length).toBeGreaterThan(5);
    expect(rules.flatMap(({ expr }) => unknownIn(expr))).toEqual([]);
    for (const { labels, annotations } of rules) {
      expect(['warning', 'critical']).toContain(labels['severity']);
      expect(Object.keys(annotations)).toEqual(['summary', 'description']);
    }
  });

  test('both take for failures of an environment what the failure table does', () => {
    const failures = (Object.keys(CONSEQUENCES) as FailureClass[]).filter(countsAgainstArm).toSorted();
    const text = read('grafana/blue-green.json') + read('prometheus/alerts.yaml');
    const lists = [...text.matchAll(/outcome=~\\?"(?:ok\|)?([\w|]+)/g)].map(([, list]) => list!.split('|').toSorted());
    expect(lists.length).toBeGreaterThan(2);
    for (const list of lists) expect(list).toEqual(failures);
  });

  test('so do the expressions on the page', () => {
    const expressions = [...read('observability.md').matchAll(/```promql\n(.*?)```/gs)].map(([, code]) => code!);
    expect(expressions.length).toBeGreaterThan(0);
    expect(expressions.flatMap(unknownIn)).toEqual([]);
  });
});
