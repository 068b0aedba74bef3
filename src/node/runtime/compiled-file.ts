/**
 * A file of this package for a worker. Node 20 cannot run TypeScript in one: from the sources, as tests do, the compiled
 * file is used.
 *
 * @param from - `import.meta.url` of a file in the same room
 * @param room - the folder in `src` that both are in directly
 * @param name - without its extension
 */
export function compiledFile(from: string, room: string, name: string): URL {
  return new URL(from.endsWith('.ts') ? `../../dist/${room}/${name}.js` : `./${name}.js`, from);
}
