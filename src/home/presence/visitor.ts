import { canonicalName } from '../../core/text/person-name.ts';

/** Who visits: a known person, or a stranger who is told from others. */
export interface Visitor {
  /** The known person; null for a stranger. */
  readonly label: string | null;
  /** Id of the known person, where people have one: it stays when they are renamed. */
  readonly personId: string | null;
  /** The stranger's name; null for known people. */
  readonly stranger: string | null;
  /** On the ignore list. */
  readonly ignored: boolean;
}

/** Whom something is about. @returns null for somebody of whom not even that is known */
export function visitorOf(event: {
  readonly label: string | null;
  readonly stranger: string | null;
  readonly personId?: string | null | undefined;
  readonly ignored?: true | undefined;
}): Visitor | null {
  const { label, stranger, personId = null, ignored = false } = event;
  if (label !== null) return { label, personId, stranger: null, ignored };
  return stranger === null ? null : { label: null, personId: null, stranger, ignored };
}

/** The same text for one and the same visitor. */
export function visitorKey({ label, personId, stranger }: Visitor): string {
  if (label === null) return `stranger ${stranger}`;
  return personId === null ? `name ${canonicalName(label)}` : `id ${personId}`;
}
