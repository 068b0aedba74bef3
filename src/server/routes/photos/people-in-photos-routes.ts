import { suggestionsFor } from '../../../photos/group/next-questions.ts';
import { bestFaces } from '../../../photos/group/show-group.ts';
import { photosByYear } from '../../../photos/people/photos-by-year.ts';
import { showFaces } from '../../photos/show-faces.ts';
import { ID_PARAMETERS } from '../../schemas/fields.ts';
import { FACES_QUERY, PERSON_OVERVIEW, PHOTO_FACES, PHOTO_PEOPLE } from '../../schemas/photo-schemas.ts';
import { type Api, FAILURES } from '../api.ts';
import { ADMIN, deskOf, personOf, TAGS } from './desk-of.ts';

/** Faces at the head of a person's page. */
const BEST = 6;
/** Faces of each person among which the one is chosen that stands for them in a list. */
const AMONG = 100;
const config = ADMIN;
const tags = TAGS;

/** Adds who is in the photos, and what there is of a person. */
export function addPeopleInPhotosRoutes(api: Api): void {
  const list = { summary: 'People in the photos, those with most faces first', tags };
  api.get(
    '/photos/people',
    { schema: { ...list, response: { '2xx': PHOTO_PEOPLE, ...FAILURES } }, config },
    async (request) => {
      const { library } = deskOf(request);
      const items = [];
      for (const { personId, name, ...counts } of await library.store.listPeople()) {
        const best = await showFaces(
          library.store,
          await bestFaces(library, { personId }, { count: 1, among: AMONG }),
        );
        items.push({ person: { id: personId, name }, ...counts, best: best[0] ?? null });
      }
      return { items };
    },
  );
  const show = { summary: 'What the photos hold of a person: when, and beside whom', tags };
  api.get(
    '/photos/people/:id',
    {
      schema: { ...show, params: ID_PARAMETERS, response: { '2xx': PERSON_OVERVIEW, ...FAILURES } },
      config,
    },
    async (request) => {
      const { library } = deskOf(request);
      const { store } = library;
      const person = await personOf(request, request.params.id);
      const own = (await store.listPeople()).find(({ personId }) => personId === person.id);
      const years = await photosByYear(store, person.id);
      const photos = await store.countPhotos({ personIds: [person.id] });
      const beside = (await store.listPeople({ beside: person.id })).map(
        ({ personId: id, name, photos }) => ({
          ...{ person: { id, name }, photos },
        }),
      );
      return {
        ...{ person, photos, faces: own?.faces ?? 0, years },
        best: await showFaces(store, await bestFaces(library, { personId: person.id }, { count: BEST })),
        undated: photos - years.reduce((sum, year) => sum + year.photos, 0),
        beside: beside.sort((a, b) => b.photos - a.photos),
        toReview: (await suggestionsFor(store, person.id)).length,
      };
    },
  );
  const faces = { summary: 'The faces of a person in the photos', tags, params: ID_PARAMETERS };
  api.get(
    '/photos/people/:id/faces',
    {
      schema: { ...faces, querystring: FACES_QUERY, response: { '2xx': PHOTO_FACES, ...FAILURES } },
      config,
    },
    async (request) => {
      const { store } = deskOf(request).library;
      const { limit, cursor } = request.query;
      const page = { limit, after: Number(cursor ?? 0) };
      const found = await store.listFaces({ personId: request.params.id, ...page });
      const nextCursor = found.length < limit ? null : String(found.at(-1)!.seq);
      return { items: await showFaces(store, found), nextCursor };
    },
  );
}
