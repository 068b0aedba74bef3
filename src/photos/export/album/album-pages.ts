import { type Html, html } from '../../../evaluate/report/html.ts';
import { ALBUM_STYLE } from './album-style.ts';
import type { AlbumPerson, AlbumPhoto } from './album-types.ts';

/** The first page: everybody, those in most photos first, and all photos by year. */
export function indexPage(
  title: string,
  people: readonly AlbumPerson[],
  photos: readonly AlbumPhoto[],
): string {
  const cards = people.map(
    ({ page, name, photos: own }) => html`<a class="person" href="${page}">
${coverOf(own)}<b dir="auto">${name}</b><small>${countOf(own)}</small></a>`,
  );
  const body = html`<h1 dir="auto">${title}</h1><p>${countOf(photos)}</p>
<section class="people">${cards}</section>${byYear(photos, '')}`;
  return document(title, { up: '', body });
}

/** Somebody's page, or that of two people together: their photos by year, and whom they are seen with. */
export function personPage(
  name: string,
  photos: readonly AlbumPhoto[],
  together: readonly { readonly page: string; readonly name: string; readonly count: number }[],
): string {
  const others = together.map(
    (other) => html`<li><a href="../${other.page}" dir="auto">${other.name}</a> ${other.count}</li>`,
  );
  const list = others.length === 0 ? null : html`<h2>Together with</h2><ul class="together">${others}</ul>`;
  const body = html`<nav><a href="../index.html">Everybody</a></nav>
<h1 dir="auto">${name}</h1><p>${countOf(photos)}</p>${list}${byYear(photos, '../')}`;
  return document(name, { up: '../', body });
}

/** A photo in full, with a frame around each face that has a name. */
export function photoPage({ picture, name, day, width, height, people }: AlbumPhoto): string {
  const share = (part: number, whole: number): string => `${((100 * part) / whole).toFixed(2)}%`;
  const frames = people.flatMap((person) =>
    person.boxes.map((box) => {
      const place = `left:${share(box.left, width)};top:${share(box.top, height)}`;
      const size = `width:${share(box.width, width)};height:${share(box.height, height)}`;
      return html`<a class="face" href="../${person.page}" style="${place};${size}"><span dir="auto">${person.name}</span></a>`;
    }),
  );
  const links = people.map(
    (person) => html`<li><a href="../${person.page}" dir="auto">${person.name}</a></li>`,
  );
  const shown = picture
    ? html`<div class="photo"><img src="../${picture.large}" alt="">${frames}</div>`
    : html`<p>There is no picture of this photo: its file was gone or had changed.</p>`;
  const body = html`<nav><a href="../index.html">Everybody</a></nav>
<figure>${shown}<figcaption><span dir="auto">${name}</span>${day === null ? null : html` · ${day}`}</figcaption></figure>
<ul class="together">${links}</ul>`;
  return document(name, { up: '../', body });
}

function byYear(photos: readonly AlbumPhoto[], up: string): Html[] {
  const years = new Map<string, AlbumPhoto[]>();
  for (const photo of photos) {
    const year = photo.day?.slice(0, 4) ?? 'Without a date';
    const own = years.get(year);
    if (own) own.push(photo);
    else years.set(year, [photo]);
  }
  return [...years].map(([year, own]) => {
    const tiles = own.map(({ page, picture, name, people }) => {
      const names = people.map((person) => person.name).join(', ');
      const image = picture
        ? html`<img src="${up}${picture.small}" alt="${names}" loading="lazy">`
        : html`<i dir="auto">${name}</i>`;
      return html`<a href="${up}${page}" title="${names}">${image}</a>`;
    });
    return html`<h2>${year}</h2><section class="photos">${tiles}</section>`;
  });
}

function coverOf(photos: readonly AlbumPhoto[]): Html | null {
  const picture = photos.find((photo) => photo.picture !== null)?.picture;
  return picture ? html`<img src="${picture.small}" alt="" loading="lazy">` : null;
}

function countOf({ length }: readonly unknown[]): string {
  return length === 1 ? '1 photo' : `${length} photos`;
}

/** Nothing is fetched and nothing runs: only pictures and a style beside the page. */
function document(title: string, { up, body }: { readonly up: string; readonly body: Html }): string {
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src 'self' file:; style-src 'self' file: 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="referrer" content="no-referrer">
<title>${title}</title><link rel="stylesheet" href="${up}${ALBUM_STYLE.name}"></head>
<body>${body}</body></html>
`.text;
}
