import { createHash } from 'node:crypto';
import { escapeHtml as text } from './escape.js';
import { STYLE } from './report-style.js';
import { chartSvg } from './report-svg.js';
import { comparison, spanText, timeText } from './report-words.js';
import type { RolloutReport } from './report.js';

/** The policy when the server shows the page: it may load nothing but its own style. */
export const REPORT_POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox`;

/** The report as one self-contained file to send, print or archive. */
export function reportHtml(report: RolloutReport): string {
  const { route, rolloutId, outcome, headline, startedAt, until, from, to, lines, charts, next } = report;
  const title = `Rollout of ${text(route)}: ${outcome}`;
  const drawn = charts.map((chart) => {
    const names = chart.series.map(
      ({ name, arm, dashed }) => `<span class="${arm}${dashed ? ' dashed' : ''}">${text(name)}</span>`,
    );
    const picture = chartSvg(chart, startedAt, until);
    return `<figure><figcaption><b>${text(chart.title)}</b> ${names.join(' ')}</figcaption>${picture}</figure>`;
  });
  const decided = lines.filter(({ evidence }) => evidence.length > 0).map(evidenceOf);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<p class="outcome ${outcome}">${outcome}</p>
<h1>${text(route)}</h1>
<p class="headline">${text(headline)}</p>
<p class="facts">${timeText(startedAt)} – ${timeText(until)} UTC (${spanText(until - startedAt)}) · ${text(from.environment)} (${text(from.version)}) → ${text(to.environment)} (${text(to.version)}) · rollout ${text(rolloutId)}</p>
<h2>What to do next</h2>
<ul>${next.map((step) => `<li>${text(step)}</li>`).join('')}</ul>
<h2>Compared</h2>
${table('Figures', ['', from.environment, to.environment], comparison(report))}
<h2>Over time</h2>
<div class="charts">${drawn.join('\n')}</div>
<h2>Timeline</h2>
${table(
  'What happened',
  ['Time (UTC)', 'What', 'Weight', 'Who', 'Why'],
  lines.map(({ at, what, weight, actor, reason }) => [
    timeText(at),
    what,
    weight === undefined ? '' : `${weight}%`,
    actor,
    reason,
  ]),
)}
<h2>Decisions and their evidence</h2>
${decided.join('\n') || '<p>No decision was based on figures.</p>'}
</main>
</body>
</html>
`;
}

function evidenceOf({ revision, at, what, reason, evidence }: RolloutReport['lines'][number]): string {
  const rows = evidence.map(({ gate, verdict, sample, message }) => [
    gate,
    verdict,
    `${sample.canary} / ${sample.baseline}`,
    message,
  ]);
  const heading = `<h3>${text(what)}, ${timeText(at)}</h3><p>${text(reason)}</p>`;
  return (
    heading +
    table(`Evidence of revision ${revision}`, ['Gate', 'Verdict', 'Requests (canary / live)', 'Evidence'], rows)
  );
}

function table(name: string, headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const head = headings.map((cell) => (cell === '' ? '<td></td>' : `<th scope="col">${text(cell)}</th>`)).join('');
  const body = rows.map(
    ([first = '', ...rest]) =>
      `<tr><th scope="row">${text(first)}</th>${rest.map((cell) => `<td>${text(cell)}</td>`).join('')}</tr>`,
  );
  return `<div class="scroll" tabindex="0" role="region" aria-label="${text(name)}"><table><thead><tr>${head}</tr></thead><tbody>${body.join('')}</tbody></table></div>`;
}
