import { escapeMarkdown as text } from './escape.js';
import { comparison, numberText, spanText, timeText } from './report-words.js';
import type { Chart, RolloutReport } from './report.js';

/** The report as Markdown, for a pull request or a wiki. Each chart is one line of bars. */
export function reportMarkdown(report: RolloutReport): string {
  const { route, rolloutId, outcome, headline, startedAt, until, from, to, lines, charts, next } = report;
  const decided = lines.filter(({ evidence }) => evidence.length > 0);
  const parts = [
    `# Rollout of ${text(route)}: ${outcome}`,
    text(headline),
    `${timeText(startedAt)} – ${timeText(until)} UTC (${spanText(until - startedAt)}), from ${text(from.environment)} (\`${code(from.version)}\`) to ${text(to.environment)} (\`${code(to.version)}\`), rollout \`${code(rolloutId)}\`.`,
    '## What to do next',
    next.map((step) => `- ${text(step)}`).join('\n'),
    '## Compared',
    rowsOf(['', text(from.environment), text(to.environment)], comparison(report)),
    '## Over time',
    charts.flatMap(sparklines).join('\n'),
    '## Timeline',
    rowsOf(
      ['Time (UTC)', 'What', 'Weight', 'Who', 'Why'],
      lines.map(({ at, what, weight, actor, reason }) => [
        timeText(at),
        text(what),
        weight === undefined ? '' : `${weight}%`,
        text(actor),
        text(reason),
      ]),
    ),
    '## Decisions and their evidence',
    decided.length === 0 ? 'No decision was based on figures.' : decided.map(evidenceOf).join('\n\n'),
  ];
  return `${parts.join('\n\n')}\n`;
}

function evidenceOf({ at, what, reason, evidence }: RolloutReport['lines'][number]): string {
  const rows = evidence.map(({ gate, verdict, sample, message }) => [
    text(gate),
    text(verdict),
    `${sample.canary} / ${sample.baseline}`,
    text(message),
  ]);
  const heading = `**${text(what)}**, ${timeText(at)}: ${text(reason)}`;
  return `${heading}\n\n${rowsOf(['Gate', 'Verdict', 'Requests (canary / live)', 'Evidence'], rows)}`;
}

const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

function rowsOf(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  return [line(headings), line(headings.map(() => '---')), ...rows.map(line)].join('\n');
}

const BARS = '▁▂▃▄▅▆▇█';

function sparklines({ title, unit, series }: Chart): string[] {
  return series.flatMap(({ name, points }) => {
    const values = points.flatMap(([, value]) => (value === null ? [] : [value]));
    if (values.length === 0) return [];
    const most = Math.max(...values);
    const bars = values.map((value) => BARS[most === 0 ? 0 : Math.round((value / most) * (BARS.length - 1))]);
    return [`- ${title}, ${text(name)}: ${bars.join('')} up to ${numberText(most, unit)}`];
  });
}

function code(value: string): string {
  return value.replace(/[`\s]+/g, ' ');
}
