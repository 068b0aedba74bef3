import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { exitStatusOf } from '../../src/cli/exit-status.ts';
import { ERROR_CODES, type FaceTriggerErrorCode } from '../../src/core/errors.ts';

const ROOT = new URL('../../', import.meta.url);
const page = readFileSync(new URL('docs/guide/command-line.md', ROOT), 'utf8');
const program = readFileSync(new URL('src/cli/create-program.ts', ROOT), 'utf8');
const sources = readdirSync(new URL('src/', ROOT), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => ({
    name: name.replaceAll('\\', '/'),
    text: readFileSync(new URL(`src/${name}`, ROOT), 'utf8'),
  }));

/** The first column of the table below a heading. */
function rowsBelow(heading: string): string[] {
  const section = page.slice(page.indexOf(`\n## ${heading}\n`)).split('\n## ')[1]!;
  return [...section.matchAll(/^\| (.+?) \|/gm)].map((row) => row[1]!.replaceAll('`', ''));
}

describe('environment variables', () => {
  const literal = /\benv\[?\.?\[['"]([A-Za-z_0-9]+)['"]\]|\benv\.([A-Z_0-9]+)/g;
  /** What commander reads for an option. */
  const ofOption = /\.env\('([A-Z_0-9]+)'\)/g;
  const named = /\benv\[([A-Za-z_.]+(?:\([^)]*\))?)\]/g;

  it('that the program reads are all in the table of the guide, and no others', () => {
    const read = new Set<string>();
    for (const { text } of sources) {
      for (const [, quoted, plain] of text.matchAll(literal)) read.add(quoted ?? plain!);
      for (const [, name] of text.matchAll(ofOption)) read.add(name!);
      for (const [, constant] of text.matchAll(named)) {
        const value = new RegExp(`const ${constant!.replaceAll('.', '\\.')} = '([A-Z_0-9]+)'`).exec(
          text,
        )?.[1];
        if (value !== undefined) read.add(value);
      }
    }
    // Windows spells PATH like this.
    read.delete('Path');
    expect(read.size).toBeGreaterThan(5);
    const rows = rowsBelow('Environment').flatMap((row) => row.split(', '));
    for (const name of read) expect(rows).toContain(name);
    const others = ['HOME', 'TMPDIR', 'TZ', 'ONNXRUNTIME_NODE_INSTALL', 'env:NAME'];
    expect(rows.filter((row) => /^[A-Z]/.test(row) && !read.has(row) && !others.includes(row))).toEqual([]);
  });

  it('whose names users choose are read for sources, triggers and the file of a home only', () => {
    const files = sources.filter(({ text }) =>
      [...text.matchAll(/process\.env\[([^\]'"]+)\]/g)].some(([, name]) => !/^[A-Z_]+$/.test(name!)),
    );
    expect(files.length).toBeGreaterThan(0);
    for (const { name } of files) expect(name).toMatch(/^(watch\/(source|triggers)|home\/config)\//);
  });
});

describe('exit statuses', () => {
  it('of all errors are in the table of the guide and in the help', () => {
    const statuses = new Set(
      (Object.keys(ERROR_CODES) as FaceTriggerErrorCode[]).map((code) => String(exitStatusOf(code))),
    );
    const rows = rowsBelow('Exit status');
    for (const status of statuses) {
      expect(rows).toContain(status);
      expect(program).toMatch(new RegExp(`^ {2}${status}\\s`, 'm'));
    }
  });
});
