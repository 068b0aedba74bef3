import { useEffect, useRef, useState } from 'preact/hooks';
import type { Recognized } from '../../api/types.ts';
import { type FittedPicture, fitPicture } from '../../components/fit-picture.ts';
import { useSession } from '../../state/session.tsx';

/** A photo, and what is known about it so far. */
export interface Recognition {
  readonly file: File;
  /** Shows the file. */
  readonly url: string;
  /** As it was sent. */
  readonly sent: FittedPicture | null;
  /** Smallest face to find, in pixels; `null` leaves it to the server. */
  readonly minFaceSize: number | null;
  readonly answer: Recognized | null;
  readonly error: unknown;
}

/** Looks who is on a photo; a new photo ends the work on the one before. */
export function useRecognition(): {
  readonly shown: Recognition | null;
  look(file: File): void;
  /** Looks for other faces, in this photo and in those to come; `null` leaves it to the server. */
  lookFor(minFaceSize: number | null): void;
  readonly minFaceSize: number | null;
  /** Looks at the same photo again, after the gallery changed. */
  lookAgain(): void;
} {
  const { api, session } = useSession();
  const [shown, setShown] = useState<Recognition | null>(null);
  const [minFaceSize, setMinFaceSize] = useState<number | null>(null);
  const controller = useRef<AbortController | null>(null);
  // Whoever takes something back may do so when another photo is shown.
  const latest = useRef(shown);
  latest.current = shown;
  useEffect(() => () => controller.current?.abort(), []);
  useEffect(() => () => (shown ? URL.revokeObjectURL(shown.url) : undefined), [shown?.url]);

  const run = (start: Recognition): void => {
    controller.current?.abort();
    const current = new AbortController();
    controller.current = current;
    const { signal } = current;
    const change = (what: Partial<Recognition>) =>
      signal.aborted || setShown((before) => (before ? { ...before, ...what } : before));
    setShown(start);
    const work = async (): Promise<void> => {
      const sent = start.sent ?? (await fitPicture(start.file, session.limits));
      change({ sent });
      const size = start.minFaceSize === null ? {} : { minFaceSize: start.minFaceSize };
      const answer = await api.recognize(sent.picture, { explain: true, limit: 3, ...size, signal });
      change({ answer, error: null });
    };
    work().catch((error: unknown) => change({ error }));
  };
  return {
    shown,
    minFaceSize,
    look: (file) =>
      run({ file, url: URL.createObjectURL(file), sent: null, minFaceSize, answer: null, error: null }),
    lookFor: (size) => {
      setMinFaceSize(size);
      if (latest.current) run({ ...latest.current, minFaceSize: size, answer: null, error: null });
    },
    lookAgain: () => latest.current && run({ ...latest.current, error: null }),
  };
}
