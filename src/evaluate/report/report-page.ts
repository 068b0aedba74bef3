import { createHash } from 'node:crypto';
import type { RateEstimate } from '../intervals.ts';
import { percent } from './charts.ts';
import { Html, html } from './html.ts';
import { REPORT_STYLE } from './report-style.ts';

/** What every report tells about its making. */
export interface ReportFacts {
  /** Heading of the page. */
  readonly title: string;
  /** When the numbers were made. */
  readonly date: Date;
  /** Labeled facts, such as the model and the folder, in the order shown. */
  readonly facts: readonly (readonly [name: string, value: string])[];
}

/** Two pictures shown as an example of an error. */
export interface ReportExample {
  /** `data:` URLs of both faces; null where there is no picture. */
  readonly images: readonly [string | null, string | null];
  readonly heading: string;
  readonly lines: readonly string[];
}

/** A chart and what it shows. */
export interface ReportChart {
  readonly title: string;
  readonly note: string | Html;
  /** An SVG element. */
  readonly svg: string;
  /** Takes a row of its own. */
  readonly wide?: boolean | undefined;
}

/**
 * Puts the parts of a report into one page that needs nothing else: no script, no font, no address is loaded.
 *
 * @returns an HTML document whose content security policy allows its own style sheet, `data:` pictures and no more
 */
export function reportPage(facts: ReportFacts, parts: readonly Html[]): string {
  const hash = createHash('sha256').update(REPORT_STYLE).digest('base64');
  const policy = `default-src 'none'; img-src data:; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
  const day = facts.date.toISOString().slice(0, 16).replace('T', ' ');
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${facts.title}</title>
<style>${new Html(REPORT_STYLE)}</style>
</head>
<body>
<main>
<header>
<h1>${facts.title}</h1>
<div class="facts">${facts.facts.map(([name, value]) => html`<span>${name} <b>${value}</b></span>`)}<span>Made <b>${day} UTC</b></span></div>
</header>
${parts}
</main>
</body>
</html>
`.text;
}

/** A row of headline numbers. */
export function tiles(items: readonly { name: string; value: string; note?: string | undefined }[]): Html {
  return html`<section class="tiles">${items.map(
    ({ name, value, note }) =>
      html`<div class="tile"><div class="name">${name}</div><div class="value">${value}</div><div class="note">${note ?? ''}</div></div>`,
  )}</section>`;
}

/** A grid of charts with captions. */
export function chartGrid(charts: readonly ReportChart[]): Html {
  return html`<section class="charts">${charts.map(
    ({ title, note, svg, wide }) =>
      html`<figure class="card${wide ? ' wide' : ''}"><figcaption>${title}<small>${note}</small></figcaption>${new Html(svg)}</figure>`,
  )}</section>`;
}

/**
 * A table in a card that scrolls sideways on narrow screens; numbers stand right, `words` stand left.
 *
 * @param options.wrapped - of so many columns that long words in them and their titles are broken before it scrolls
 */
export function table(
  heading: string,
  head: readonly string[],
  rows: readonly (readonly (string | Html)[])[],
  options: { words?: boolean | undefined; wrapped?: boolean | undefined } = {},
): Html {
  const kind = [options.words && 'words', options.wrapped && 'wrapped'].filter(Boolean).join(' ');
  return html`<h2>${heading}</h2><div class="card scroll"><table${kind === '' ? null : html` class="${kind}"`}><thead><tr>${head.map((cell) => html`<th scope="col">${cell}</th>`)}</tr></thead><tbody>${rows.map(
    (row) => html`<tr>${row.map((cell) => html`<td>${cell}</td>`)}</tr>`,
  )}</tbody></table></div>`;
}

/** Pairs of pictures with what is known about them; nothing if the list is empty. */
export function examples(heading: string, note: string, items: readonly ReportExample[]): Html {
  if (items.length === 0) return html`<h2>${heading}</h2><p class="note">None.</p>`;
  const picture = (url: string | null) =>
    url ? html`<img src="${url}" alt="">` : html`<div class="none">no face</div>`;
  return html`<h2>${heading}</h2><p class="note">${note}</p><section class="examples">${items.map(
    ({ images, heading: title, lines }) =>
      html`<article class="card example"><div class="faces">${picture(images[0])}${picture(images[1])}</div><div class="text"><b>${title}</b>${lines.map((line) => html`<span>${line}</span>`)}</div></article>`,
  )}</section>`;
}

/** A rate with its interval below it. */
export function rateCell(estimate: RateEstimate): Html {
  const { rate, low, high, count, trials } = estimate;
  return html`${percent(rate)} <small>${count} of ${trials}, ${percent(low)} – ${percent(high)}</small>`;
}
