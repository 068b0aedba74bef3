/** The preview's page: no framework, nothing from elsewhere; names are put in as text, never as HTML. */
export const PREVIEW_FILES: Readonly<Record<string, { readonly type: string; readonly body: string }>> = {
  '/': {
    type: 'text/html; charset=utf-8',
    body: `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>face-trigger</title>
<link rel="stylesheet" href="/preview.css">
<script src="/preview.js" defer></script>
</head>
<body>
<header><h1>face-trigger</h1><p id="source"></p></header>
<main>
<section aria-label="Live picture"><img id="picture" src="/stream.mjpg" alt="Live picture with the faces marked"></section>
<section aria-label="Figures"><h2>Figures</h2><dl id="figures"></dl></section>
<section aria-label="Events"><h2>Events</h2><ol id="events" aria-live="polite"></ol></section>
</main>
</body>
</html>
`,
  },
  '/preview.css': {
    type: 'text/css; charset=utf-8',
    body: `:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0 auto; max-width: 72rem; padding: 1rem; }
header { display: flex; gap: 1rem; align-items: baseline; flex-wrap: wrap; }
h1 { font-size: 1.25rem; margin: 0; }
h2 { font-size: 1rem; margin: 0 0 .5rem; }
header p { margin: 0; opacity: .75; overflow-wrap: anywhere; }
main { display: grid; gap: 1rem; grid-template-columns: 2fr 1fr; }
main > :first-child { grid-row: span 2; }
img { width: 100%; height: auto; background: #222; border-radius: .5rem; min-height: 8rem; }
dl { display: grid; grid-template-columns: auto auto; gap: .125rem 1rem; margin: 0; }
dd { margin: 0; text-align: right; font-variant-numeric: tabular-nums; }
ol { list-style: none; margin: 0; padding: 0; max-height: 60vh; overflow: auto; }
li { padding: .25rem 0; border-top: 1px solid #8884; overflow-wrap: anywhere; }
time { opacity: .75; margin-right: .5rem; font-variant-numeric: tabular-nums; }
@media (max-width: 48rem) { main { grid-template-columns: 1fr; } }
`,
  },
  '/preview.js': {
    type: 'text/javascript; charset=utf-8',
    body: `const byId = (id) => document.getElementById(id);
const cell = (name, text) => Object.assign(document.createElement(name), { textContent: text });
function figures(stats) {
  const rows = [['Frames a second', stats.fps.toFixed(1)], ['Frames', stats.frames], ['Dropped', stats.dropped],
    ['Detections', stats.detections], ['Embeddings', stats.embeddings]];
  for (const [stage, ms] of Object.entries(stats.stageMs)) rows.push([stage + ' (ms)', ms.toFixed(1)]);
  byId('figures').replaceChildren(...rows.flatMap(([name, value]) => [cell('dt', name), cell('dd', value)]));
}
function line(event) {
  const item = document.createElement('li');
  item.append(cell('time', new Date(event.time).toLocaleTimeString()));
  const who = event.label ?? event.stranger;
  const sure = event.probability == null || event.label == null ? '' : ' (' + Math.round(event.probability * 100) + ' %)';
  item.append(event.type + (who ? ': ' + who + sure : event.shows ? ': shows ' + event.shows : '') + (event.reason ? ': ' + event.reason : ''));
  return item;
}
async function refresh() {
  try {
    const state = await (await fetch('/state.json')).json();
    byId('source').textContent = state.source;
    figures(state.stats);
    byId('events').replaceChildren(...state.events.map(line));
  } catch {
    byId('source').textContent = 'The watch has ended.';
  }
  setTimeout(refresh, 1000);
}
refresh();
`,
  },
};
