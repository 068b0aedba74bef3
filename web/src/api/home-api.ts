import type { Cancelable } from './cancelable.ts';
import type { HttpClient } from './http-client.ts';
import type {
  Appearance,
  Camera,
  Decision,
  DoorEnrollment,
  Ignored,
  Named,
  PageOf,
  Presence,
  Stranger,
} from './types.ts';

/** Which appearances are wanted. */
export interface AppearanceQuery {
  readonly person?: string | undefined;
  readonly stranger?: string | undefined;
  readonly camera?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly strangers?: boolean | undefined;
  readonly ignored?: boolean | undefined;
}
interface Paged extends Cancelable {
  readonly cursor?: string | null | undefined;
  readonly limit?: number | undefined;
}
/** Whom somebody is. */
export type Who = { readonly name: string } | { readonly personId: string };

/** Names the routes of a home. */
export function createHomeApi(http: HttpClient) {
  const post = <Answer>(path: string, json: unknown = {}) =>
    http.json<Answer>(path, { method: 'POST', json });
  const camera = (name: string) => `/cameras/${encodeURIComponent(name)}`;
  const appearance = (id: string) => `/appearances/${encodeURIComponent(id)}`;
  const stranger = (id: string) => `/strangers/${encodeURIComponent(id)}`;
  const enrollment = (id: string) => `/enrollments/${encodeURIComponent(id)}`;
  return {
    cameras: (options: Cancelable = {}) => http.json<{ items: readonly Camera[] }>('/cameras', options),
    livePictures: ({ signal }: Cancelable = {}) => http.fetch('/cameras/live', { signal }),
    presence: (options: Cancelable = {}) => http.json<Presence>('/presence', options),

    listAppearances: ({ signal, ...query }: AppearanceQuery & Paged) =>
      http.json<PageOf<Appearance>>('/appearances', { query: { ...query }, signal }),
    appearancePicture: async (id: string, which: string, options: Cancelable = {}) =>
      (await http.fetch(`${appearance(id)}/pictures/${which}`, options)).blob(),
    nameAppearance: (id: string, who: Who) => post<Named>(`${appearance(id)}/name`, who),
    denyAppearance: (id: string) => post<Decision>(`${appearance(id)}/not`),
    ignoreAppearance: (id: string) => post<Decision>(`${appearance(id)}/ignore`),
    deleteAppearance: (id: string) => http.json<Decision>(appearance(id), { method: 'DELETE' }),
    undoDecision: (id: string) => post<Decision>(`/decisions/${encodeURIComponent(id)}/undo`),

    listStrangers: ({ signal, ...query }: Paged & { readonly ignored: boolean }) =>
      http.json<PageOf<Stranger>>('/strangers', { query: { ...query }, signal }),
    nameStranger: (id: string, who: Who) => post<Named>(`${stranger(id)}/name`, who),
    mergeStranger: (id: string, into: string) => post<Decision>(`${stranger(id)}/merge`, { into }),
    ignoreStranger: (id: string) => post<Decision>(`${stranger(id)}/ignored`, { ignored: true }),
    splitStranger: (id: string, appearances: readonly string[]) =>
      post<Decision>(`${stranger(id)}/split`, { appearances }),
    ignored: (options: Cancelable = {}) => http.json<Ignored>('/ignored', options),
    tellStrangerAgain: (id: string) => post<Decision>(`${stranger(id)}/ignored`, { ignored: false }),
    tellPersonAgain: (id: string) =>
      post<Decision>(`/people/${encodeURIComponent(id)}/ignored`, { ignored: false }),
    deleteStranger: (id: string) => http.json<Decision>(stranger(id), { method: 'DELETE' }),

    startEnrollment: (name: string, person: string) =>
      post<DoorEnrollment>(`${camera(name)}/enrollments`, { name: person }),
    enrollment: (id: string, options: Cancelable = {}) => http.json<DoorEnrollment>(enrollment(id), options),
    cancelEnrollment: (id: string) => post<DoorEnrollment>(`${enrollment(id)}/cancel`),
    undoEnrollment: (id: string) => post<DoorEnrollment>(`${enrollment(id)}/undo`),
  };
}
