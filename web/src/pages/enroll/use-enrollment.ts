import { useEffect, useRef, useState } from 'preact/hooks';
import { ApiError, messageOf } from '../../api/api-error.ts';
import type { ReviewLevel } from '../../api/create-api.ts';
import type { EnrolledByName } from '../../api/types.ts';
import { fitPicture, shrunkInWords } from '../../components/fit-picture.ts';
import { useSession } from '../../state/session.tsx';

/** A picture to enroll. */
export interface NewPicture {
  readonly picture: Blob;
  readonly source: string;
  readonly name: string;
  readonly review: ReviewLevel;
  /** When a person who is new is to be deleted; `null`: as the server's settings say. */
  readonly expiresAt: string | null;
}

/** How far a picture is. */
export interface EnrollItem extends NewPicture {
  readonly id: number;
  readonly state: 'waiting' | 'sending' | 'added' | 'there' | 'refused' | 'failed' | 'canceled';
  /** Why it was refused, or what could be better. */
  readonly remarks: readonly string[];
  /** Whether there is a face that could be taken without the check. */
  readonly canForce: boolean;
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
      change(item.id, await send(item));
    } finally {
      active.current--;
      void work();
    }
  };
  const send = async (item: NewPicture): Promise<Partial<EnrollItem>> => {
    const { signal } = controller.current;
    for (;;) {
      try {
        const { picture, source, review, name, expiresAt } = item;
        const { picture: sent, shrunk } = await fitPicture(picture, session.limits);
        const options = { review, source, expiresAt, signal };
        const { alreadyThere, flags, nearerPerson } = await api.enrollByName(name, sent, options);
        if (alreadyThere)
          return { state: 'there', remarks: ['this photo is there already; nothing was added'] };
        const warning = nearerPerson ? [likeness(nearerPerson)] : [];
        const size = shrunk ? [shrunkInWords(shrunk)] : [];
        return { state: 'added', remarks: [...flags.map(({ message }) => message), ...warning, ...size] };
      } catch (error) {
        if (signal.aborted) return { state: 'canceled' };
        const retryMs = error instanceof ApiError ? error.retryMs : 0;
        if (retryMs === 0) return failure(error);
        await new Promise((resolve) => setTimeout(resolve, retryMs));
      }
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

function likeness({ name, samePhoto }: NonNullable<EnrolledByName['nearerPerson']>): string {
  return samePhoto
    ? `the same photo is here as ${name}: one photo under two names`
    : `looks more like ${name}: is the name right, or is the person here twice?`;
}

function failure(error: unknown): Partial<EnrollItem> {
  const isRefusal = error instanceof ApiError && error.code === 'ERR_UNSUITABLE_FACE';
  const message = messageOf(error);
  const reasons = isRefusal ? refusalReasons(error) : [];
  return {
    state: isRefusal ? 'refused' : 'failed',
    remarks: reasons.length > 0 ? reasons : [message],
    canForce: reasons.length > 0,
  };
}

/** What the server's check found wrong with the photo; empty where there was no face to check. */
function refusalReasons({ details }: ApiError): readonly string[] {
  const reasons = (details.reasons ?? []) as readonly { readonly message: string }[];
  return reasons.map(({ message }) => message);
}
