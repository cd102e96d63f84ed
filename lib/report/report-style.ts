/** The style of the report: light and dark, ready to print. */
export const STYLE = `
:root{color-scheme:light dark;--ink:#1b2430;--soft:#566172;--line:#dde2e9;--ground:#fbfcfd;--card:#fff;--from:#1f6feb;--to:#0b6f49;--bad:#b3261e}
@media (prefers-color-scheme:dark){:root{--ink:#e6eaf0;--soft:#a3adbb;--line:#2c3542;--ground:#11161d;--card:#171d26;--from:#6ea8fe;--to:#4cc38a;--bad:#ff8f86}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:15px/1.55 system-ui,sans-serif}
main{max-width:860px;margin:0 auto;padding:40px 20px 80px}
h1{font-size:30px;margin:4px 0 8px;overflow-wrap:anywhere}h2{font-size:18px;margin:40px 0 12px}h3{font-size:15px;margin:24px 0 0}
.outcome{display:inline-block;margin:0;padding:2px 10px;border:1px solid currentColor;border-radius:99px;font-size:13px;font-weight:600;color:var(--from)}
.outcome.RolledBack{color:var(--bad)}.outcome.Succeeded{color:var(--to)}
.headline{font-size:18px;margin:0 0 8px}.facts,.none{color:var(--soft);overflow-wrap:anywhere}
li{margin:4px 0}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:14px}
th,td{text-align:left;padding:7px 14px 7px 0;border-bottom:1px solid var(--line);vertical-align:top;font-weight:400}
thead th{color:var(--soft);font-size:13px}tbody th{white-space:nowrap}
.charts{display:grid;gap:16px}
figure{margin:0;padding:14px;border:1px solid var(--line);border-radius:10px;background:var(--card)}
figcaption{display:flex;flex-wrap:wrap;gap:4px 14px;margin-bottom:6px}
figcaption span{font-size:13px}figcaption span.from{color:var(--from)}figcaption span.to{color:var(--to)}
figcaption span::before{content:"";display:inline-block;width:16px;margin-right:6px;vertical-align:middle;border-top:2px solid currentColor}
figcaption span.dashed::before{border-top-style:dashed}
svg{display:block;width:100%;height:auto}
svg text{fill:var(--soft);font-size:11px}
svg .grid{stroke:var(--line)}
svg path{fill:none;stroke-width:2;stroke-linejoin:round}svg path.from{stroke:var(--from)}svg path.to{stroke:var(--to)}
svg circle.from{fill:var(--from)}svg circle.to{fill:var(--to)}
svg path.dashed{stroke-dasharray:4 4;stroke-width:1.5}
@media print{body{background:#fff}figure,table{break-inside:avoid}}
`;
