import { parseHTML } from 'linkedom';
import { beforeAll, describe, expect, it } from 'vitest';
import { reportDistances } from '../../src/cli/evaluate/evaluation-faces.ts';
import type { EmbedderProfile } from '../../src/core/embed/embedder-profile.ts';
import type { OpenSetPoint } from '../../src/evaluate/identification.ts';
import { type Charts, loadCharts } from '../../src/evaluate/report/charts.ts';
import { evaluateVerification } from '../../src/evaluate/verification.ts';
import { packageEmbedder } from '../../src/node/models/packaged-models.ts';

let charts: Charts;
let euclidean: EmbedderProfile;
let cosine: EmbedderProfile;
beforeAll(async () => {
  charts = await loadCharts();
  euclidean = await packageEmbedder();
  cosine = await packageEmbedder(undefined, 'mobilefacenet');
});

const options = { face: 'center', cache: false } as unknown as Parameters<typeof reportDistances>[1];

describe('the distances that a report is drawn around', () => {
  it("are the embedder's limit and range in its own metric", () => {
    for (const profile of [euclidean, cosine]) {
      const { verify, farthest } = profile.thresholds;
      expect(reportDistances(profile, options)).toEqual({ usualDistance: verify, range: farthest });
    }
    expect([euclidean.metric, cosine.metric]).toEqual(['euclidean', 'cosine']);
    expect(euclidean.thresholds.farthest).not.toBe(cosine.thresholds.farthest);
  });

  it('shrink with Euclidean embeddings that are scaled to length 1, and not with cosine ones', () => {
    const normalized = { ...options, normalize: true } as const;
    const { verify, farthest } = euclidean.thresholds;
    const { length } = euclidean.lengthRule!;
    expect(reportDistances(euclidean, normalized)).toEqual({
      usualDistance: verify / length,
      range: farthest / length,
    });
    expect(reportDistances(cosine, normalized)).toEqual(reportDistances(cosine, options));
    const lengthless = { ...euclidean, lengthRule: null };
    expect(reportDistances(lengthless, normalized)).toEqual({ usualDistance: undefined, range: undefined });
  });
});

describe('the charts of a report over distances', () => {
  const scores = { genuine: Float64Array.of(0.1, 0.2), impostor: Float64Array.of(0.3, 0.4) };
  const points = [0.1, 0.4].map((maxDistance) => ({
    maxDistance,
    ...{ fpir: 0.1, fpirLow: 0, fpirHigh: 0.2, fnir: 0.3, fnirLow: 0.2, fnirHigh: 0.4 },
  })) as unknown as OpenSetPoint[];
  // The plot's frame: 1080 pixels wide with margins of 58 and 18.
  const place = (distance: number, range: number) => 58 + (distance / range) * (1080 - 58 - 18);
  /** Where the mark of the threshold stands. */
  const marked = (svg: string) =>
    [...parseHTML(svg).document.querySelectorAll('[stroke-dasharray="4 3"]')]
      .flatMap((rule) => [...rule.querySelectorAll('line')].concat(rule as never))
      .flatMap((line) => {
        const [, shift = '0'] = /translate\(([-\d.]+)/.exec(line.getAttribute('transform') ?? '') ?? [];
        const x = line.getAttribute('x1');
        return x === null ? [] : [Number(x) + Number(shift)];
      });

  it("end where the embedder's metric does", () => {
    for (const { thresholds } of [euclidean, cosine]) {
      const range = thresholds.farthest;
      for (const svg of [
        charts.histogram(scores, { maxDistance: 0.25, range }),
        charts.rates(points, { maxDistance: 0.25, range }),
      ]) {
        const [x] = marked(svg);
        expect(Math.abs(x! - place(0.25, range))).toBeLessThan(1);
      }
    }
  });

  it('end later where a distance is larger than the range', () => {
    const far = { ...scores, impostor: Float64Array.of(0.3, 2) };
    const [x] = marked(charts.histogram(far, { maxDistance: 0.25, range: 1.2 }));
    expect(Math.abs(x! - place(0.25, 2))).toBeLessThan(1);
  });
});

describe('the table of thresholds', () => {
  const pairs = Array.from({ length: 40 }, (_, i) => ({
    ...{ fold: 0, same: i < 20, first: `a${i}`, second: `b${i}` },
    distance: (i < 20 ? 0.2 : 0.6) + i / 1000,
  }));

  it('goes from half of the usual distance to one and a half of it', () => {
    const { thresholds } = evaluateVerification(pairs, { rounds: 10, usualDistance: 0.6 });
    const distances = thresholds.map(({ maxDistance }) => maxDistance);
    expect(distances).toHaveLength(13);
    expect([distances[0], distances[6], distances[12]]).toEqual([0.3, 0.6, 0.9]);
    expect(distances).toEqual(distances.toSorted((a, b) => a - b));
  });

  it('goes around the threshold of the equal error rate where no usual distance is given', () => {
    const { thresholds, eer } = evaluateVerification(pairs, { rounds: 10 });
    expect(thresholds[6]!.maxDistance).toBeCloseTo(eer.maxDistance, 4);
  });
});
