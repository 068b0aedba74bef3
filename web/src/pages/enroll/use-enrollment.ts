import { useEffect, useRef, useState } from 'preact/hooks';
import type { ReviewLevel } from '../../api/create-api.ts';
import { useSession } from '../../state/session.tsx';
import { type NewPicture, type PictureOutcome, sendPicture } from './send-picture.ts';

/** How far a picture is. */
export interface EnrollItem extends NewPicture, Omit<PictureOutcome, 'state'> {
  readonly id: number;
  readonly state: 'waiting' | 'sending' | PictureOutcome['state'];
}

export interface Enrollment {
  readonly items: readonly EnrollItem[];
  add(pictures: readonly NewPicture[]): void;
  /** Sends a picture again; `review` says how strictly it is judged then. */
  retry(id: number, review: ReviewLevel): void;
  /** Leaves out what is still waiting. */
  cancel(): void;
  clear(): void;
}

/** Two at a time keep the server's worker busy while the next picture travels. */
const AT_ONCE = 2;

/** Sends pictures to the gallery, some at a time, until the component goes. */
export function useEnrollmentQueue(): Enrollment {
  const { api, session } = useSession();
  const [items, setItems] = useState<readonly EnrollItem[]>([]);
  const queue = useRef<EnrollItem[]>([]);
  const active = useRef(0);
  const lastId = useRef(0);
  const controller = useRef(new AbortController());
  useEffect(
    () => () => {
      queue.current.length = 0;
      controller.current.abort();
    },
    [],
  );

  const change = (id: number, changes: Partial<EnrollItem>) =>
    setItems((all) => all.map((item) => (item.id === id ? { ...item, ...changes } : item)));
  const work = async (): Promise<void> => {
    if (active.current >= AT_ONCE) return;
    const item = queue.current.shift();
    if (!item) return;
    active.current++;
    change(item.id, { state: 'sending' });
    try {
      const { signal } = controller.current;
      change(item.id, await sendPicture(item, { api, limits: session.limits, signal }));
    } finally {
      active.current--;
      void work();
    }
  };
  const start = (added: readonly EnrollItem[]): void => {
    queue.current.push(...added);
    for (let i = 0; i < AT_ONCE; i++) void work();
  };
  return {
    items,
    add: (pictures) => {
      const added = pictures.map((picture) => ({
        ...picture,
        id: ++lastId.current,
        state: 'waiting' as const,
        remarks: [],
        canForce: false,
      }));
      setItems((all) => [...added, ...all]);
      start(added);
    },
    retry: (id, review) => {
      const item = items.find((one) => one.id === id);
      if (!item) return;
      const again = { ...item, review, state: 'waiting' as const, remarks: [] };
      change(id, again);
      start([again]);
    },
    cancel: () => {
      for (const { id } of queue.current.splice(0)) change(id, { state: 'canceled' });
    },
    clear: () => setItems((all) => all.filter(({ state }) => state === 'waiting' || state === 'sending')),
  };
}
