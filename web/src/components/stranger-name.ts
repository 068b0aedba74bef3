/** Characters of an id that tell strangers of one home from each other. */
const SHORT = 6;

/** What a stranger is called on the page: short names as they are, of long ids the beginning. */
export function strangerName(id: string): string {
  const plain = id.replace(/^stranger[-_ ]?/i, '');
  return `Stranger ${plain.length > SHORT + 2 ? plain.slice(0, SHORT) : plain}`;
}
