import type { Cancelable } from './cancelable.ts';
import { createHomeApi } from './home-api.ts';
import type { HttpClient } from './http-client.ts';
import { createPhotosApi } from './photos-api.ts';
import type {
  ApiKeyScope,
  Box,
  CreatedKey,
  Embedded,
  EnrolledByName,
  Evaluation,
  Face,
  Key,
  ListedGallery,
  Merge,
  Negative,
  PageOf,
  Person,
  Recognized,
  Reviewed,
  Searched,
  Session,
  Settings,
  TurnChallenge,
  TurnFrame,
} from './types.ts';

/** How strictly enrollment judges a photo. */
export type ReviewLevel = 'standard' | 'strict' | 'off';
export interface ListOptions extends Cancelable {
  readonly query?: string | undefined;
  readonly cursor?: string | null | undefined;
  readonly limit?: number | undefined;
}

/** Everything that the page asks the server for. */
export type Api = ReturnType<typeof createApi>;

/** Names the server's routes. */
export function createApi(http: HttpClient) {
  const person = (id: string) => `/people/${encodeURIComponent(id)}`;
  return {
    http,
    home: createHomeApi(http),
    photos: createPhotosApi(http),
    session: (options: Cancelable = {}) => http.json<Session>('/session', options),
    listGalleries: (options: Cancelable = {}) =>
      http.json<{ items: readonly ListedGallery[] }>('/galleries', options),
    createGallery: (name: string) =>
      http.json<{ name: string }>('/galleries', { method: 'POST', json: { name } }),
    /** With everybody in it: the server asks for the name once more. */
    deleteGallery: (name: string) =>
      http.fetch(`/galleries/${encodeURIComponent(name)}`, { method: 'DELETE', query: { confirm: name } }),
    stats: (options: Cancelable = {}) => http.json<{ people: number; faces: number }>('/stats', options),

    listPeople: ({ signal, ...query }: ListOptions) =>
      http.json<PageOf<Person>>('/people', { query: { ...query }, signal }),
    renamePerson: (id: string, name: string) =>
      http.json<Person>(person(id), { method: 'PATCH', json: { name } }),
    deletePerson: (id: string, options: { readonly keepalive?: boolean | undefined } = {}) =>
      http.fetch(person(id), { method: 'DELETE', ...options }),
    mergePerson: (id: string, into: string) =>
      http.json<Merge>(`${person(id)}/merge`, { method: 'POST', json: { into } }),
    undoMerge: (id: string) =>
      http.json<Person>(`/merges/${encodeURIComponent(id)}/undo`, { method: 'POST' }),
    personPicture: (id: string, options: Cancelable = {}) => blob(http, `${person(id)}/thumbnail`, options),

    listFaces: (personId: string, { signal, ...query }: ListOptions = {}) =>
      http.json<PageOf<Face>>(`${person(personId)}/faces`, { query: { ...query }, signal }),
    facePicture: (id: string, options: Cancelable = {}) =>
      blob(http, `/faces/${encodeURIComponent(id)}/thumbnail`, options),
    deleteFace: (id: string, options: { readonly keepalive?: boolean | undefined } = {}) =>
      http.fetch(`/faces/${encodeURIComponent(id)}`, { method: 'DELETE', ...options }),
    enrollByName: (
      name: string,
      picture: Blob,
      {
        signal,
        box,
        expiresAt,
        ...query
      }: Cancelable & {
        readonly review: ReviewLevel;
        readonly source: string;
        /** Which face of several; the largest where it is absent. */
        readonly box?: Box | undefined;
        /** When a person who is new is to be deleted; `null`: as the server's settings say. */
        readonly expiresAt: string | null;
      },
    ) =>
      http.json<EnrolledByName>('/faces', {
        method: 'POST',
        picture,
        query: {
          ...query,
          name,
          ...(expiresAt !== null && { expiresAt }),
          ...(box && { box: [box.left, box.top, box.width, box.height].join(',') }),
        },
        signal,
      }),
    enrollEmbedded: (
      face: {
        readonly name: string;
        readonly embedding: ArrayLike<number>;
        readonly embedder: Session['embedder'];
        readonly quality: Readonly<Record<string, number>>;
        readonly review: ReviewLevel;
        readonly source: string;
        /** When a person who is new is to be deleted; `null`: as the server's settings say. */
        readonly expiresAt: string | null;
      },
      options: Cancelable = {},
    ) => {
      const { expiresAt, embedding, ...rest } = face;
      const json = { ...rest, embedding: Array.from(embedding), ...(expiresAt !== null && { expiresAt }) };
      return http.json<EnrolledByName>('/faces/embedded', { method: 'POST', json, ...options });
    },
    search: (
      embedding: Float32Array,
      { signal, limit = 1 }: Cancelable & { readonly limit?: number | undefined } = {},
    ) =>
      http.json<Searched>('/search', {
        method: 'POST',
        json: { embedding: Array.from(embedding), limit },
        signal,
      }),
    embed: (picture: Blob, options: Cancelable = {}) =>
      http.json<Embedded>('/embed', { method: 'POST', picture, ...options }),
    addNegative: (
      personId: string,
      example: { readonly embedding: readonly number[]; readonly source: string },
    ) => http.json<Negative>(`${person(personId)}/negatives`, { method: 'POST', json: example }),
    deleteNegative: (id: string) => http.fetch(`/negatives/${encodeURIComponent(id)}`, { method: 'DELETE' }),

    review: (picture: Blob, { signal, review }: Cancelable & { readonly review: ReviewLevel }) =>
      http.json<Reviewed>('/review', { method: 'POST', picture, query: { review }, signal }),
    recognize: (
      picture: Blob,
      {
        signal,
        ...query
      }: Cancelable & {
        readonly limit?: number | undefined;
        readonly explain?: boolean | undefined;
        readonly minFaceSize?: number | undefined;
      } = {},
    ) => http.json<Recognized>('/recognize', { method: 'POST', picture, query, signal }),

    challengeTurn: (options: Cancelable = {}) =>
      http.json<TurnChallenge>('/liveness/challenges', { method: 'POST', ...options }),
    showTurn: (nonce: string, picture: Blob, options: Cancelable = {}) =>
      http.json<TurnFrame>(`/liveness/challenges/${encodeURIComponent(nonce)}/frames`, {
        method: 'POST',
        picture,
        ...options,
      }),

    evaluate: (options: Cancelable & { readonly sample: number }) =>
      http.json<Evaluation>('/evaluation', { query: { sample: options.sample }, signal: options.signal }),

    settings: (options: Cancelable = {}) => http.json<Settings>('/settings', options),
    changeSettings: (changes: Partial<Settings>) =>
      http.json<Settings>('/settings', { method: 'PATCH', json: changes }),
    listKeys: (options: Cancelable = {}) => http.json<{ items: readonly Key[] }>('/keys', options),
    createKey: (label: string, scopes: readonly ApiKeyScope[]) =>
      http.json<CreatedKey>('/keys', { method: 'POST', json: { label, scopes } }),
    revokeKey: (id: string) => http.fetch(`/keys/${encodeURIComponent(id)}`, { method: 'DELETE' }),
  };
}

async function blob(http: HttpClient, path: string, options: Cancelable): Promise<Blob> {
  return (await http.fetch(path, options)).blob();
}
