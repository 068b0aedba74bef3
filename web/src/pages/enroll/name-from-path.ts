/** The person whom a path names by its folder, as "people/Ada/1.jpg" does; empty where there is no folder. */
export function nameFromPath(path: string): string {
  return path.split('/').at(-2)?.trim() ?? '';
}
