import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** The address of a module of src/ as users have it, such as 'gallery/open-gallery.js'. */
export function builtModule(file: string): string {
  return new URL(`../dist/${file}`, import.meta.url).href;
}

/**
 * Compiles a script of the tests and the modules of the tests that it imports, so that a plain `node` process can run
 * it: tests that kill a process need one. What they import of src/ is taken from dist/.
 *
 * @param entry - path from the root of the repository, such as 'test/gallery/gallery-child.ts'
 * @returns the compiled script's path and a function that removes it
 */
export function compileScript(entry: string): { path: string; remove: () => void } {
  // Inside node_modules, so that packages resolve as they do from the repository.
  const cache = join(ROOT, 'node_modules/.cache');
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'compiled-'));
  symlinkSync(join(ROOT, 'dist'), join(folder, 'src'), 'junction');
  const done = new Set<string>();
  const compile = (file: string): void => {
    if (done.has(file)) return;
    done.add(file);
    const source = readFileSync(join(ROOT, file), 'utf8');
    const { outputText } = ts.transpileModule(source, {
      fileName: file,
      compilerOptions: {
        target: ts.ScriptTarget.ES2023,
        module: ts.ModuleKind.ESNext,
        verbatimModuleSyntax: true,
        rewriteRelativeImportExtensions: true,
      },
    });
    const target = join(folder, file.replace(/\.ts$/, '.js'));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, outputText);
    for (const { fileName } of ts.preProcessFile(source).importedFiles) {
      const imported = relative(ROOT, join(ROOT, dirname(file), fileName));
      if (fileName.startsWith('.') && !imported.startsWith('src')) compile(imported);
    }
  };
  compile(entry);
  // Without this, the compiled files would be CommonJS.
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  return {
    path: join(folder, entry.replace(/\.ts$/, '.js')),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
