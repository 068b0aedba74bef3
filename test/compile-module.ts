import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/**
 * Compiles a TypeScript module and all that it imports from the repository, so that a plain `node` process can
 * run it: tests that kill a process need one, and must not depend on how fresh `dist/` is.
 *
 * @param entry - path from the root of the repository, such as 'src/gallery/sqlite-gallery.ts'
 * @param others - modules that are loaded by path only, such as those of threads
 * @returns the compiled module's path and a function that removes it
 */
export function compileModule(
  entry: string,
  others: readonly string[] = [],
): { path: string; remove: () => void } {
  // Inside node_modules, so that packages resolve as they do from the repository.
  const cache = join(ROOT, 'node_modules/.cache');
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'compiled-'));
  copyFileSync(join(ROOT, 'package.json'), join(folder, 'package.json'));
  for (const built of ['models', 'dist']) symlinkSync(join(ROOT, built), join(folder, built));
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
      if (fileName.startsWith('.')) compile(relative(ROOT, join(ROOT, dirname(file), fileName)));
    }
  };
  for (const module of [entry, ...others]) compile(module);
  const remove = () => rmSync(folder, { recursive: true, force: true });
  return { path: join(folder, entry.replace(/\.ts$/, '.js')), remove };
}
