/** "1 face", "2 faces": a count and its noun, whose plural is made with s unless given. */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : plural}`;
}
