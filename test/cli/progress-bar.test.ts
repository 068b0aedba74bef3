import { describe, expect, it } from 'vitest';
import { ProgressBar } from '../../src/cli/progress-bar.ts';

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
    expect(terminal.written).toEqual(['\r\u001b[2Kreading [############------------] 1/2', '\r\u001b[2K']);
  });

  it('draws a later part of the work under its own title', () => {
    const terminal = stream(true);
    const bar = new ProgressBar('reading', { stream: terminal });
    bar.update(2, 2);
    bar.update(3, 3, 'learning');
    expect(terminal.written.map((text) => text.slice(5, 9))).toEqual(['read', 'lear']);
  });

  it('draws nothing that would not fit into one line', () => {
    const narrow = stream(true, 20);
    new ProgressBar('reading', { stream: narrow }).update(1, 2);
    expect(narrow.written).toEqual([]);
  });
});
