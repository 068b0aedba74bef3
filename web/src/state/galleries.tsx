import { type ComponentChildren, createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { ListedGallery } from '../api/types.ts';
import { useSession } from './session.tsx';
import { type Loaded, useLoad } from './use-load.ts';

const Context = createContext<Loaded<readonly ListedGallery[]> | null>(null);

/** The galleries that the key may use: all places of the page show the same. */
export function useGalleries(): Loaded<readonly ListedGallery[]> {
  return useContext(Context)!;
}

/** Asks for them once, and again whenever one is made or deleted. */
export function GalleriesProvider({ children }: { readonly children: ComponentChildren }) {
  const { api, session, may } = useSession();
  const canList = session.galleries && may('read');
  const galleries = useLoad(
    async (signal) => (canList ? (await api.listGalleries({ signal })).items : []),
    [api],
  );
  return <Context.Provider value={galleries}>{children}</Context.Provider>;
}
