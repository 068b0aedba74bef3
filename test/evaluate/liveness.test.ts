import { describe, expect, it } from 'vitest';
import { clopperPearsonInterval } from '../../src/evaluate/intervals.ts';
import { evaluateLiveness, type LivenessSample } from '../../src/evaluate/liveness.ts';
import { livenessReport } from '../../src/evaluate/report/liveness-report.ts';

const samples = (kind: string | null, ...scores: readonly (number | null)[]): LivenessSample[] =>
  scores.map((score, i) => ({ image: `${kind ?? 'live'}-${i}.jpg`, kind, score }));

const SAMPLES = [
  ...samples(null, 0.9, 0.8, 0.4, 0.7, null),
  ...samples('replay', 0.1, 0.2, 0.6),
  ...samples('print', 0.5, 0.9, 0.05, 0.1, null, null),
];

describe('evaluateLiveness', () => {
  it('counts attacks that pass by kind, live faces that are refused, and the mean with the worst kind', () => {
    const result = evaluateLiveness(SAMPLES, { threshold: 0.5 });
    // At the threshold is live.
    expect(result.attacks).toEqual([
      { kind: 'print', apcer: clopperPearsonInterval(2, 4), apnrr: clopperPearsonInterval(2, 6) },
      { kind: 'replay', apcer: clopperPearsonInterval(1, 3), apnrr: clopperPearsonInterval(0, 3) },
    ]);
    expect(result.worst).toEqual({ kind: 'print', apcer: clopperPearsonInterval(2, 4) });
    expect(result.bpcer).toEqual(clopperPearsonInterval(1, 4));
    expect(result.bpnrr).toEqual(clopperPearsonInterval(1, 5));
    expect(result.acer).toBeCloseTo(0.375, 12);
    expect(result).toMatchObject({ live: 5, attackPictures: 9, threshold: 0.5 });
  });

  it('sweeps thresholds: the higher, the fewer attacks pass and the more live faces are refused', () => {
    const { sweep } = evaluateLiveness(SAMPLES, { threshold: 0.5 });
    expect(sweep.map(({ threshold }) => threshold)).toEqual(
      Array.from({ length: 19 }, (_, i) => (i + 1) / 20),
    );
    for (const [i, point] of sweep.slice(1).entries()) {
      expect(point.worst!.apcer.rate).toBeLessThanOrEqual(sweep[i]!.worst!.apcer.rate);
      expect(point.bpcer!.rate).toBeGreaterThanOrEqual(sweep[i]!.bpcer!.rate);
    }
    const [none, all] = evaluateLiveness(SAMPLES, { threshold: 0.5, thresholds: [0, 1] }).sweep;
    expect(none).toMatchObject({ worst: { apcer: { rate: 1 } }, bpcer: { rate: 0 } });
    expect(all).toMatchObject({ worst: { apcer: { rate: 0 } }, bpcer: { rate: 1 } });
  });

  it('tells the share of pairs in which the live face scores higher, equal ones counted half', () => {
    const at = (live: number[], attack: number[]) =>
      evaluateLiveness([...samples(null, ...live), ...samples('a', ...attack)], { threshold: 0.5 }).auc;
    expect(at([0.9, 0.8], [0.1, 0.2])).toBe(1);
    expect(at([0.5], [0.5])).toBe(0.5);
    expect(at([0.9, 0.1], [0.5])).toBe(0.5);
  });

  it('gives no rate where nothing was said, and refuses to judge without live faces or attacks', () => {
    const silent = evaluateLiveness([...samples(null, null), ...samples('print', null)], { threshold: 0.5 });
    expect(silent).toMatchObject({ worst: null, bpcer: null, acer: null, auc: null });
    expect(silent.attacks[0]).toMatchObject({ apcer: null, apnrr: { rate: 1 } });
    for (const few of [samples(null, 0.5), samples('print', 0.5), []]) {
      expect(() => evaluateLiveness(few, { threshold: 0.5 })).toThrow(
        expect.objectContaining({ code: 'ERR_TOO_FEW_SAMPLES' }),
      );
    }
    expect(() => evaluateLiveness(SAMPLES, { threshold: 2 })).toThrow(/from 0 to 1/);
  });

  it('is drawn as one page that loads nothing and takes names for text', async () => {
    const hostile = [...SAMPLES, ...samples('<script>', 0.2)];
    const page = await livenessReport(evaluateLiveness(hostile, { threshold: 0.5 }), {
      title: 'Liveness',
      date: new Date(0),
      facts: [],
      failures: ['<b>.jpg: no face found'],
    });
    expect(page).toContain('APCER');
    expect(page).toContain('<svg');
    expect(page).toContain('&lt;script&gt;');
    expect(page).not.toMatch(/<script|<b>\.jpg|https?:\/\/(?!www\.w3\.org)/);
  });
});
