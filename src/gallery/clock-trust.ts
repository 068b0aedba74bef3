import type { GalleryReads, GalleryWrites } from './stores/gallery-store.ts';

/** A clock that is farther ahead than this of when the gallery was last looked at is doubted. */
export const CLOCK_JUMP_MS = 24 * 3_600_000;
/** A doubted clock is believed when it still says so after this time: enough for a machine to set its clock. */
export const CLOCK_PROOF_MS = 10 * 60_000;
/** Under which the store keeps it. */
export const CLOCK_NOTE = 'clock';
/** How often the moment is written down. */
const NOTE_MS = 3_600_000;

/** What the gallery remembers of the clock. */
export interface ClockRecord {
  /** When the gallery was last looked at by a clock that was believed. */
  readonly believed: number;
  /** When a clock that is far ahead was first seen; `null`: it was not. */
  readonly doubted: number | null;
}

/**
 * Says whether the clock may decide whom to delete for good.
 *
 * @param isIdle - nobody has expired: what a gallery without a record is told by its first look
 * @returns with what is to be remembered, `null` where that stands in the store already; see {@link writeClock}
 * @remarks A machine that starts with a wrong clock would delete everybody who has an expiry. So after a jump of more
 * than a day the deletion waits for a second look, ten minutes later or more. Nobody who has expired is answered
 * meanwhile.
 */
export async function readClock(
  rows: GalleryReads,
  isIdle: boolean,
): Promise<{ readonly isBelieved: boolean; readonly record: ClockRecord | null }> {
  const now = Date.now();
  const known = readRecord(await rows.note(CLOCK_NOTE));
  if (known === null) {
    const record = isIdle ? { believed: now, doubted: null } : { believed: 0, doubted: now };
    return { isBelieved: isIdle, record };
  }
  const { believed, doubted } = known;
  if (now - believed <= CLOCK_JUMP_MS) {
    const isOld = Math.abs(now - believed) > NOTE_MS || doubted !== null;
    return { isBelieved: true, record: isOld ? { believed: now, doubted: null } : null };
  }
  if (doubted === null || now < doubted) return { isBelieved: false, record: { believed, doubted: now } };
  if (now - doubted < CLOCK_PROOF_MS) return { isBelieved: false, record: null };
  return { isBelieved: true, record: { believed: now, doubted: null } };
}

/** Remembers what {@link readClock} said. */
export function writeClock(rows: GalleryWrites, { believed, doubted }: ClockRecord): Promise<void> {
  return rows.setNote(CLOCK_NOTE, doubted === null ? String(believed) : `${believed},${doubted}`);
}

function readRecord(text: string | null): ClockRecord | null {
  // "believed" or "believed,doubted", in milliseconds; anything else is as good as nothing.
  const match = /^(\d{1,15})(?:,(\d{1,15}))?$/.exec(text ?? '');
  return match && { believed: Number(match[1]), doubted: match[2] === undefined ? null : Number(match[2]) };
}
