import { describe, expect, it } from 'vitest';
import { describeSeconds, ProgressBar } from '../../../src/cli/output/progress-bar.ts';

function stream(isTTY: boolean, columns = 80) {
  const written: string[] = [];
  return { isTTY, columns, written, write: (text: string) => written.push(text) };
}

describe('ProgressBar', () => {
  it('is silent where there is no terminal', () => {
    const pipe = stream(false);
    const bar = new ProgressBar('reading', { stream: pipe });
    bar.update(1, 2);
    bar.clear();
    expect(pipe.written).toEqual([]);
  });

  it('draws on a terminal and takes its line away again', () => {
    const terminal = stream(true);
    const bar = new ProgressBar('reading', { stream: terminal });
    bar.update(1, 2);
    bar.clear();
    bar.clear();
    expect(terminal.written).toEqual([
      '\r\u001b[2Kreading [############------------] 1/2 50 %',
      '\r\u001b[2K',
    ]);
  });

  it('counts while nobody knows how much there is', () => {
    const terminal = stream(true);
    let time = 0;
    const bar = new ProgressBar('scanning', { stream: terminal, now: () => time });
    bar.update(1, null);
    time = 2000;
    bar.update(41, null);
    time = 4000;
    bar.update(81, 161);
    expect(terminal.written.map((text) => text.slice(5))).toEqual([
      'scanning 1',
      'scanning 41 20/s',
      'scanning [############------------] 81/161 50 % 20/s 4 s left',
    ]);
  });

  it('draws a later part of the work under its own title', () => {
    const terminal = stream(true);
    const bar = new ProgressBar('reading', { stream: terminal });
    bar.update(2, 2);
    bar.update(3, 3, 'learning');
    expect(terminal.written.map((text) => text.slice(5, 9))).toEqual(['read', 'lear']);
  });

  it('tells the rate and the time that is left once there is something to measure', () => {
    const terminal = stream(true, 100);
    let time = 0;
    const bar = new ProgressBar('reading', { stream: terminal, now: () => time });
    // 100 were done by an earlier run: they took no time of this one.
    bar.update(100, 1000);
    time = 500;
    bar.update(101, 1000);
    time = 10_000;
    bar.update(200, 1000);
    time = 90_000;
    bar.update(1000, 1000);
    expect(terminal.written.map((text) => text.slice(text.indexOf(']') + 2))).toEqual([
      '100/1000 10 %',
      '101/1000 10 %',
      '200/1000 20 % 10/s 1 min 20 s left',
      '1000/1000 100 % 10/s',
    ]);
  });

  it('counts slow work by the minute and starts anew with each part of the work', () => {
    const terminal = stream(true, 100);
    let time = 0;
    const bar = new ProgressBar('reading', { stream: terminal, now: () => time });
    for (const [done, title] of [
      [0, 'a'],
      [1, 'a'],
      [0, 'b'],
      [2, 'b'],
    ] as const) {
      bar.update(done, 4, title);
      time += 8000;
    }
    expect(terminal.written.map((text) => text.slice(text.indexOf(']') + 2))).toEqual([
      '0/4 0 %',
      '1/4 25 % 7.5/min 24 s left',
      '0/4 0 %',
      '2/4 50 % 15.0/min 8 s left',
    ]);
  });

  it('leaves out what does not fit into one line, the bar first, and at last all', () => {
    const drawn = (columns: number) => {
      const terminal = stream(true, columns);
      let time = 0;
      const bar = new ProgressBar('reading', { stream: terminal, now: () => time });
      bar.update(0, 20);
      time = 4000;
      bar.update(8, 20);
      return terminal.written.at(-1)?.slice(5);
    };
    expect(drawn(80)).toBe('reading [##########--------------] 8/20 40 % 2.0/s 6 s left');
    expect(drawn(50)).toBe('reading 8/20 40 % 2.0/s 6 s left');
    expect(drawn(30)).toBe('reading 8/20 40 % 6 s left');
    expect(drawn(20)).toBe('reading 8/20 40 %');
    expect(drawn(10)).toBeUndefined();
  });

  it.each([
    [0.2, '1 s'],
    [59, '59 s'],
    [59.5, '1 min 0 s'],
    [3599, '59 min 59 s'],
    [3600, '1 h 0 min'],
    [100_000, '27 h 46 min'],
  ])('writes %d seconds as %s', (seconds, text) => {
    expect(describeSeconds(seconds)).toBe(text);
  });
});
