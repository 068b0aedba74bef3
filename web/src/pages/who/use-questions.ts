import { useCallback, useEffect, useState } from 'preact/hooks';
import type { PhotoQuestion, PhotoQuestions, PhotoStats } from '../../api/types.ts';
import { useSession } from '../../state/session.tsx';
import { type Loaded, useLoad } from '../../state/use-load.ts';

/** Questions that are fetched beyond those that were skipped. */
const AHEAD = 5;
/** The server gives no more at once. */
const MOST = 50;
/** How often the server is asked for new groups while it makes them. */
const POLL_MS = 1000;

/** What is asked. */
export interface Questions {
  readonly current: PhotoQuestion | null;
  readonly next: PhotoQuestion | null;
  readonly loaded: Loaded<readonly [PhotoQuestions, PhotoStats]>;
  /** How many were skipped. */
  readonly skipped: number;
  /** Goes on to the next question. @param isAnswered - this one does not come again, unless it is undone */
  goOn(isAnswered: boolean): void;
  /** Looks again, after something was taken back, and shows whatever is first then. */
  lookAgain(): void;
  /** Shows again what was skipped. */
  startAgain(): void;
}

/** The question that is shown stays until it is answered, whatever the server finds meanwhile. */
export function useQuestions(): Questions {
  const { api } = useSession();
  const [pinned, setPinned] = useState<string | null>(null);
  const [isFree, setFree] = useState(false);
  const [skipped, setSkipped] = useState<readonly string[]>([]);
  const [answered, setAnswered] = useState<readonly string[]>([]);
  const loaded = useLoad(
    (signal) =>
      Promise.all([
        api.photos.questions({ limit: Math.min(MOST, AHEAD + skipped.length), signal }),
        api.photos.stats({ signal }),
      ]),
    [api, skipped.length],
  );
  const found = loaded.value?.[0];
  const open = (found?.items ?? []).filter(
    ({ group }) => !skipped.includes(group) && !answered.includes(group),
  );
  const current = (isFree ? undefined : open.find(({ group }) => group === pinned)) ?? open[0] ?? null;
  useEffect(() => setPinned(current?.group ?? null), [current?.group]);
  useEffect(() => {
    if (found?.grouping !== 'going') return;
    const timer = setTimeout(loaded.reload, POLL_MS);
    return () => clearTimeout(timer);
  }, [found]);
  // What the server has looked at again is asked again, such as after an undo.
  useEffect(() => {
    if (found?.grouping !== 'current') return;
    setAnswered([]);
    setFree(false);
  }, [found]);
  const goOn = useCallback(
    (isAnswered: boolean) => {
      if (current === null) return;
      (isAnswered ? setAnswered : setSkipped)((before) => [...before, current.group]);
      setPinned(null);
      if (isAnswered) loaded.reload();
    },
    [current, loaded.reload],
  );
  return {
    ...{ current, loaded, goOn, skipped: skipped.length },
    next: open.find(({ group }) => group !== current?.group) ?? null,
    lookAgain: () => {
      setAnswered([]);
      setFree(true);
      loaded.reload();
    },
    startAgain: () => setSkipped([]),
  };
}
