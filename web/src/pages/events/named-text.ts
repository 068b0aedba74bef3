import type { Named } from '../../api/types.ts';

/** What naming somebody did, in a sentence. */
export function namedText({ person, enrolledFaceIds, leftOut }: Named): string {
  const added = enrolledFaceIds.length;
  const faces = added === 1 ? '1 face was added' : `${added} faces were added`;
  const [first] = leftOut;
  const rest =
    first === undefined
      ? ''
      : `; ${leftOut.length} left out (${first.reason}${leftOut.length > 1 ? ', …' : ''})`;
  return `This is ${person.name}: ${faces}${rest}`;
}
