import { createHash } from 'node:crypto';
import { parseHTML } from 'linkedom';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../src/core/random/random.ts';
import { evaluateIdentification } from '../../src/evaluate/identification.ts';
import { percent } from '../../src/evaluate/report/charts.ts';
import { html } from '../../src/evaluate/report/html.ts';
import { identificationReport } from '../../src/evaluate/report/identification-report.ts';
import { verificationReport } from '../../src/evaluate/report/verification-report.ts';
import { searchGallery } from '../../src/evaluate/search-outcome.ts';
import { evaluateVerification } from '../../src/evaluate/verification.ts';
import { syntheticFaces } from './synthetic-faces.ts';

const PIXEL =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==';
const HOSTILE = '</td><script>alert(1)</script>"\'&';
const facts = {
  title: `Test ${HOSTILE}`,
  date: new Date('2026-01-02T03:04:05Z'),
  facts: [['Model', HOSTILE]] as const,
  picture: async () => PIXEL,
  failures: [HOSTILE],
};

describe('reports', () => {
  const pages: Record<string, string> = {};
  beforeAll(async () => {
    const random = createRandom(5);
    const pairs = Array.from({ length: 400 }, (_, i) => ({
      fold: i % 4,
      same: i < 200,
      first: `a${i}${HOSTILE}`,
      second: `b${i}`,
      distance: i === 7 ? null : (i < 200 ? 0.45 : 0.75) + 0.1 * random.normal(),
    }));
    pages['verification'] = await verificationReport(evaluateVerification(pairs, { rounds: 50 }), facts);
    const known = syntheticFaces({ people: 12, faces: 3, seed: 1, noise: 0.7 });
    const strangers = syntheticFaces({ people: 12, faces: 1, seed: 2, prefix: HOSTILE });
    const outcomes = searchGallery([...known, ...strangers], known);
    pages['identification'] = await identificationReport(
      evaluateIdentification(outcomes, { rounds: 50 }),
      facts,
    );
    pages['closed set'] = await identificationReport(
      evaluateIdentification(searchGallery(known, known)),
      facts,
    );
    pages['perfect'] = await verificationReport(
      evaluateVerification([
        { fold: 0, same: true, first: 'a', second: 'b', distance: 0.1 },
        { fold: 0, same: false, first: 'a', second: 'c', distance: 0.9 },
      ]),
      { ...facts, failures: [] },
    );
  });

  it('load nothing from outside and allow no script', () => {
    for (const page of Object.values(pages)) {
      const { document } = parseHTML(page);
      expect(document.querySelectorAll('script, link, iframe, object, foreignObject').length).toBe(0);
      for (const element of document.querySelectorAll('*')) {
        for (const { name, value } of element.attributes) {
          expect(name.startsWith('on') || name === 'style', name).toBe(false);
          if (name === 'src') expect(value).toMatch(/^data:image\//);
          if (name === 'href' || name === 'xlink:href') expect(value).toMatch(/^#/);
          if (name !== 'src' && !name.startsWith('xmlns')) expect(value).not.toMatch(/url\((?!#)|https?:/);
        }
      }
    }
  });

  it('have one style sheet, the one whose hash the policy allows', () => {
    for (const page of Object.values(pages)) {
      const styles = [...page.matchAll(/<style>([\s\S]*?)<\/style>/g)];
      expect(styles.length).toBe(1);
      const hash = createHash('sha256').update(styles[0]![1]!).digest('base64');
      const policy = parseHTML(page).document.querySelector('meta[http-equiv]')!.getAttribute('content');
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain(`'sha256-${hash}'`);
    }
  });

  it('draw their charts and show the examples', () => {
    const count = (page: string, selector: string) =>
      parseHTML(pages[page]!).document.querySelectorAll(selector).length;
    expect(count('verification', 'svg')).toBe(3);
    expect(count('identification', 'svg')).toBe(3);
    expect(count('closed set', 'svg')).toBe(1);
    expect(count('verification', '.example')).toBe(48);
    expect(count('verification', 'img')).toBe(96);
    for (const page of Object.values(pages)) expect(page).not.toMatch(/NaN|undefined|Infinity/);
  });

  it('write names as text', () => {
    expect(pages['verification']).not.toContain('<script>');
    expect(pages['verification']).toContain('&lt;script&gt;');
    expect(html`${['<', html`<b>${'&'}</b>`]}${null}${1}`.text).toBe('&lt;<b>&amp;</b>1');
  });

  it('print rates with as many digits as they need', () => {
    expect([0, 0.00123, 0.0123, 0.123, 0.9, 0.99254, 1].map(percent)).toEqual([
      '0 %',
      '0.12 %',
      '1.2 %',
      '12.3 %',
      '90 %',
      '99.25 %',
      '100 %',
    ]);
  });
});
