/** The style sheet of reports. Colors are chosen to keep 4.5 : 1 against the cards in both schemes. */
export const REPORT_STYLE = `
:root{color-scheme:light dark;--page:#f4f5f8;--card:#fff;--ink:#1b2030;--soft:#5b6478;--line:#dfe3ec;--accent:#3756d6;--genuine:#0f8a6d;--impostor:#c8452f}
@media (prefers-color-scheme:dark){:root{--page:#10131b;--card:#191e2a;--ink:#e8ebf4;--soft:#9aa4bb;--line:#2b3243;--accent:#8ea6ff;--genuine:#45cfa9;--impostor:#ff8d76}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;-webkit-text-size-adjust:100%}
main{max-width:1180px;margin:0 auto;padding:32px 20px 64px}
header h1{font-size:clamp(1.5rem,4vw,2.1rem);line-height:1.2;margin:0 0 6px;letter-spacing:-.01em}
header p{margin:0;color:var(--soft)}
h2{font-size:1.2rem;margin:40px 0 12px}
.facts{display:flex;flex-wrap:wrap;gap:6px 18px;margin-top:10px;color:var(--soft);font-size:.875rem}
.facts b{color:var(--ink);font-weight:600}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(190px,1fr));gap:12px;margin-top:24px}
.tile,.card{background:var(--card);border:1px solid var(--line);border-radius:14px}
.tile{padding:14px 16px}
.tile .name{color:var(--soft);font-size:.8125rem}
.tile .value{font-size:1.5rem;white-space:nowrap;font-weight:650;letter-spacing:-.02em;font-variant-numeric:tabular-nums;line-height:1.25}
.tile .note{color:var(--soft);font-size:.8125rem}
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,430px),1fr));gap:16px;margin-top:24px}
figure.wide{grid-column:1/-1}
figure{margin:0;padding:16px 16px 10px}
figcaption{font-weight:600;margin-bottom:6px}
figcaption small{display:block;font-weight:400;color:var(--soft);font-size:.8125rem}
.plot{display:block;width:100%;height:auto;font-size:12px;color:var(--ink)}
.key{display:inline-block;width:.75em;height:.75em;border-radius:3px;margin-right:.3em}
.key.genuine{background:var(--genuine)}.key.impostor{background:var(--impostor)}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums;font-size:.9rem}
th,td{padding:8px 14px;text-align:right;white-space:nowrap;border-top:1px solid var(--line)}
thead th{border-top:0;color:var(--soft);font-weight:600;font-size:.8125rem}
th:first-child,td:first-child,.words th,.words td{text-align:left}
.wrapped th,.wrapped td{padding:8px 10px}.wrapped thead th{white-space:normal;vertical-align:bottom}.wrapped td:nth-child(-n+3){white-space:normal;overflow-wrap:anywhere;min-width:7em}.wrapped :is(th,td):nth-child(-n+3){text-align:left}
td small{color:var(--soft)}
.examples{display:grid;grid-template-columns:repeat(auto-fill,minmax(230px,1fr));gap:14px}
.example{overflow:hidden}
.faces{display:grid;grid-template-columns:1fr 1fr;gap:2px;background:var(--line)}
.faces img,.faces .none{display:block;width:100%;aspect-ratio:1;object-fit:cover;background:var(--page)}
.faces .none{display:grid;place-items:center;color:var(--soft);font-size:.8125rem}
.example .text{padding:10px 12px;font-size:.8125rem;overflow-wrap:anywhere}
.example .text b{display:block;font-size:.9rem;font-variant-numeric:tabular-nums}
.example .text span{color:var(--soft);display:block}
.note{color:var(--soft);font-size:.875rem}
ul.plain{columns:280px;padding-left:20px;font-size:.875rem;overflow-wrap:anywhere}
@media (max-width:600px){main{padding:20px 12px 48px}.plot{font-size:17px}.wide{overflow-x:auto}.wide .plot{width:640px;max-width:none}th,td{padding:7px 10px}.examples{grid-template-columns:1fr 1fr;gap:10px}.tiles{grid-template-columns:1fr 1fr}}
@media (max-width:400px){.examples{grid-template-columns:1fr}}
@media print{body{background:#fff}.tile,.card{break-inside:avoid}}
`;
