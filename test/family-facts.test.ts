import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Where the facts of model families live, and the converters of their files. */
const HOMES = /^src\/(models\/[^/]+|convert)\//;

/** Numbers of dlib's family: dimension, chip size, thresholds, length of its embeddings. */
const NUMBERS = new Set([128, 150, 0.6, 0.56, 1.43]);
const WORDS = /\bdlib-|\b0\.56\b|\b0\.6\b|\b1\.43\b|\b128(-D| numbers)|\b150 ?(x|pixels)/;

/** The same number for another reason, or a file whose very purpose is one family; each with its reason. */
const ALLOWED: Readonly<Record<string, string>> = {
  'src/core/quality/face-quality.ts':
    'weights of luminance (77, 150, 29 of 256) and poses beyond which a head is turned',
  'src/core/detect/detect-near.ts': 'how much smaller a face may have become since it was last seen',
  'src/core/track/face-tracker.ts': 'how much the size of a face may change between frames',
  'src/core/track/track-identity.ts': 'share of the sightings that must agree on a name',
  'src/gallery/migrate/face-pictures.ts': 'how coarse a kept picture may be, as a share of the new chip',
  'src/gallery/index/usearch-engine.ts': 'effort of building the graph of an index',
  'src/node/image/contact-sheet.ts': 'a margin, as a share of the gap',
  'src/node/image/mark-tone.ts': 'a color',
  'src/node/models/build-models.ts': "builds the pack of dlib's files",
  'src/models/assumed-facts.ts': 'names the family that is assumed where nobody says which',
  'src/models/arcface-chip.ts': 'where the points of another layout lie in the chip',
  'src/models/fused-facts.ts': 'the table of what was measured of embedders together',
  'src/models/embedder-families.ts': 'the table of what families of embedders want',
  'src/models/adapters.ts': 'the registry that names the adapters of all families',
  'src/extras/metric-learning/read-last-blocks.ts':
    "learns the last block of dlib's network anew, and no other",
  'src/extras/metric-learning/read-last-layer.ts':
    "learns the last layer of dlib's network anew, and no other",
  'src/index.ts': "exports the names of dlib's parts that programs use",
};

interface Finding {
  readonly file: string;
  readonly line: number;
  readonly text: string;
}

/** Literals of the code that are facts of a family; comments may speak of it. */
function factsOfFamilies(file: string, text: string): Finding[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const found: Finding[] = [];
  const visit = (node: ts.Node): void => {
    if (isFact(node)) {
      const { line } = source.getLineAndCharacterOfPosition(node.getStart());
      found.push({ file, line: line + 1, text: node.getText() });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function isFact(node: ts.Node): boolean {
  // Bytes and masks are written in hexadecimal.
  if (ts.isNumericLiteral(node)) return /^[\d._]+$/.test(node.getText()) && NUMBERS.has(Number(node.text));
  const isText =
    ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node);
  if (isText && (ts.isImportDeclaration(node.parent) || ts.isExportDeclaration(node.parent))) {
    return /\/dlib\//.test(node.text);
  }
  return (isText || ts.isJsxText(node)) && WORDS.test(node.text);
}

function sourceFiles(): string[] {
  return ['src', 'web/src'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.tsx?$/.test(name))
      .map((name) => `${folder}/${name.replaceAll('\\', '/')}`),
  );
}

describe('the facts of a family of models', () => {
  const found = sourceFiles()
    .filter((file) => !HOMES.test(file))
    .flatMap((file) => factsOfFamilies(file, readFileSync(join(ROOT, file), 'utf8')));

  it('are known in its own folder only', () => {
    expect(found.filter(({ file }) => !Object.hasOwn(ALLOWED, file))).toEqual([]);
  });

  it('have no exception that is no longer needed', () => {
    const needed = new Set(found.map(({ file }) => file));
    expect(Object.keys(ALLOWED).filter((file) => !needed.has(file))).toEqual([]);
  });

  it('are noticed as numbers, in texts, in markup and as imports, not in comments', () => {
    const seen = (text: string) => factsOfFamilies('some.tsx', text).map((finding) => finding.text);
    expect(seen('const MAX = 0.60; // dlib-')).toEqual(['0.60']);
    expect(seen('const help = `at first 0.56: $' + '{x}`;')).toEqual(['`at first 0.56: $' + '{']);
    expect(seen("const id = 'dlib-resnet-v1';")).toEqual(["'dlib-resnet-v1'"]);
    expect(seen('const page = <p>128 numbers</p>;')).toEqual(['128 numbers']);
    expect(seen("import { A } from '../models/dlib/chip.ts';")).toEqual(["'../models/dlib/chip.ts'"]);
    expect(seen("/** dlib's 0.6 */ const n = 1.43e3, m = '10.6';")).toEqual([]);
  });
});
