import { type ComponentChildren, createContext } from 'preact';
import { useContext, useEffect, useState } from 'preact/hooks';
import { FacePipeline } from '../../../src/web/index.ts';
import { useSession } from './session.tsx';

/** Where faces are looked for: pictures go to the server, or only embeddings do. */
export type Place = 'server' | 'browser';

/** The choice, and what a browser works with. */
export interface PlaceState {
  readonly place: Place;
  choose(place: Place): void;
  /** Whether there is a choice: the server has models for pages, and this page may compute. */
  readonly isPossible: boolean;
  /** Of this browser; `null` until it is open, and where the server is chosen. */
  readonly pipeline: FacePipeline | null;
  /** How much of the models has come, 0 .. 1. */
  readonly arrived: number;
  readonly error: unknown;
}

const Context = createContext<PlaceState | null>(null);

/** Where faces are looked for; only below a {@link PlaceProvider}. */
export function usePlace(): PlaceState {
  return useContext(Context)!;
}

/** Keeps the choice from room to room, and opens the browser's models when they are wanted first. */
export function PlaceProvider({ children }: { readonly children: ComponentChildren }) {
  const { session } = useSession();
  const [place, setPlace] = useState<Place>('server');
  const [own, setOwn] = useState<Pick<PlaceState, 'arrived' | 'error' | 'pipeline'>>(NOTHING);
  const { inBrowser, embedder } = session;
  const isPossible = inBrowser !== null && globalThis.isSecureContext;
  useEffect(() => {
    if (place !== 'browser' || inBrowser === null) return;
    let isOver = false;
    const opening = open(inBrowser, embedder, (arrived) => {
      if (!isOver) setOwn({ ...NOTHING, arrived });
    });
    opening.then(
      (pipeline) => !isOver && setOwn({ pipeline, arrived: 1, error: null }),
      (error: unknown) => !isOver && setOwn({ ...NOTHING, error }),
    );
    return () => {
      isOver = true;
      setOwn(NOTHING);
      void opening.then(
        (pipeline) => pipeline.dispose(),
        () => undefined,
      );
    };
  }, [place, inBrowser, embedder.sha256]);
  const state = { place, choose: setPlace, isPossible, ...own };
  return <Context.Provider value={state}>{children}</Context.Provider>;
}

const NOTHING = { pipeline: null, arrived: 0, error: null } as const;

async function open(
  precision: 'fp32' | 'int8',
  embedder: { readonly id: string; readonly sha256: string },
  onArrived: (share: number) => void,
): Promise<FacePipeline> {
  const files = new Map<string, { readonly loaded: number; readonly total: number }>();
  const pipeline = await FacePipeline.create({
    models: 'in-browser/',
    precision,
    onProgress: ({ file, loaded, total }) => {
      files.set(file, { loaded, total });
      const sum = (of: 'loaded' | 'total') => [...files.values()].reduce((all, one) => all + one[of], 0);
      onArrived(sum('loaded') / sum('total'));
    },
  });
  if (pipeline.profile.sha256 === embedder.sha256) return pipeline;
  await pipeline.dispose();
  throw new Error(`The models for this browser are not those of the gallery, which are ${embedder.id}.`);
}
