import type { Cancelable } from './cancelable.ts';
import type { HttpClient } from './http-client.ts';
import { thumbnailLoader } from './thumbnail-loader.ts';
import type {
  FacesNamed,
  PageOf,
  PersonInPhotos,
  PersonOverview,
  Photo,
  PhotoDecision,
  PhotoFace,
  PhotoQuestions,
  PhotoStats,
  PhotoSuggestions,
  PhotoWithFaces,
} from './types.ts';

/** Which photos are wanted. */
export interface PhotoQuery {
  readonly person?: string | undefined;
  readonly with?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly nameless?: boolean | undefined;
}
interface Paged extends Cancelable {
  readonly cursor?: string | null | undefined;
  readonly limit?: number | undefined;
}
/** Faces, or all of a group. */
export type SomeFaces = { readonly faces: readonly string[] } | { readonly group: string };
/** Whom they are. */
export type PhotoWho = { readonly name: string } | { readonly personId: string };

/** Names the routes of photos. */
export function createPhotosApi(http: HttpClient) {
  const post = <Answer>(path: string, json: unknown = {}) =>
    http.json<Answer>(path, { method: 'POST', json });
  const one = (id: string) => `/photos/${encodeURIComponent(id)}`;
  const person = (id: string) => `/photos/people/${encodeURIComponent(id)}`;
  return {
    stats: (options: Cancelable = {}) => http.json<PhotoStats>('/photos/stats', options),
    questions: ({
      signal,
      ...query
    }: Cancelable & { readonly limit: number; readonly offset?: number | undefined }) =>
      http.json<PhotoQuestions>('/photos/questions', { query, signal }),
    facesOfGroup: (group: string, { signal, ...query }: Cancelable & { readonly limit: number }) =>
      http.json<{ items: readonly PhotoFace[] }>(`/photos/groups/${encodeURIComponent(group)}/faces`, {
        ...{ query, signal },
      }),
    alone: ({ signal, ...query }: Paged) =>
      http.json<PageOf<PhotoFace>>('/photos/alone', { query: { ...query }, signal }),
    people: (options: Cancelable = {}) =>
      http.json<{ items: readonly PersonInPhotos[] }>('/photos/people', options),
    person: (id: string, options: Cancelable = {}) => http.json<PersonOverview>(person(id), options),
    facesOfPerson: (id: string, { signal, ...query }: Paged) =>
      http.json<PageOf<PhotoFace>>(`${person(id)}/faces`, { query: { ...query }, signal }),
    suggestions: (id: string, { signal, ...query }: Cancelable & { readonly limit: number }) =>
      http.json<PhotoSuggestions>(`${person(id)}/suggestions`, { query, signal }),
    list: ({
      signal,
      ...query
    }: PhotoQuery & Cancelable & { readonly limit: number; readonly offset?: number | undefined }) =>
      http.json<{ items: readonly Photo[]; total: number }>('/photos', { query: { ...query }, signal }),
    photo: (id: string, options: Cancelable = {}) => http.json<PhotoWithFaces>(one(id), options),
    picture: async (id: string, side: number, { signal }: Cancelable = {}) =>
      (await http.fetch(`${one(id)}/picture`, { query: { side }, signal })).blob(),
    thumbnail: thumbnailLoader(http),

    name: (faces: SomeFaces, who: PhotoWho, { confirm = false } = {}) =>
      post<FacesNamed>('/photos/name', { ...faces, ...who, confirm }),
    deny: (faces: SomeFaces, personId: string) => post<PhotoDecision>('/photos/not', { ...faces, personId }),
    ignore: (faces: SomeFaces) => post<PhotoDecision>('/photos/ignore', faces),
    merge: (groups: readonly string[]) => post<PhotoDecision>('/photos/merge', { groups }),
    split: (group: string, faces: readonly string[]) =>
      post<PhotoDecision>('/photos/split', { group, faces }),
    decisions: (options: Cancelable = {}) =>
      http.json<{ items: readonly PhotoDecision[] }>('/photos/decisions', options),
    undo: (id: string) => post<PhotoDecision>(`/photos/decisions/${encodeURIComponent(id)}/undo`),
  };
}
