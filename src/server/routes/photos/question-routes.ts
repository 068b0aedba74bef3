import type { z } from 'zod';
import type { SuggestionEvidence } from '../../../cluster/cluster-types.ts';
import { knownPerson } from '../../../photos/group/known-person.ts';
import type { PhotoQuestion } from '../../../photos/group/next-questions.ts';
import { peopleToReview, questionsWith, suggestionsFor } from '../../../photos/group/next-questions.ts';
import { openSuggestions } from '../../../photos/group/open-suggestions.ts';
import { bestFaces, oddFacesFirst } from '../../../photos/group/show-group.ts';
import type { PhotoDesk } from '../../photos/photo-desk.ts';
import { showFaces } from '../../photos/show-faces.ts';
import { ID_PARAMETERS } from '../../schemas/fields.ts';
import {
  type EVIDENCE,
  FACES_QUERY,
  GROUP_FACES,
  GROUP_FACES_QUERY,
  GROUP_PARAMETERS,
  PHOTO_FACES,
  QUESTIONS,
  QUESTIONS_QUERY,
  type SUGGESTION,
  SUGGESTIONS,
  SUGGESTIONS_QUERY,
} from '../../schemas/photo-schemas.ts';
import { type Api, FAILURES } from '../api.ts';
import { ADMIN, deskOf, personOf, TAGS } from './desk-of.ts';

/** Faces of a group that are shown with it. */
const BEST = 12;
/** Faces of a person that others are compared with. */
const BEST_OF_PERSON = 8;
/** Faces that are shown of what is suggested. */
const SHOWN = 4;
const config = ADMIN;
const tags = TAGS;

/** Adds what should be asked next: groups, faces that stand alone, and suggestions for a person. */
export function addQuestionRoutes(api: Api): void {
  const questions = { summary: 'What to ask next: groups that nobody has named', tags };
  api.get(
    '/photos/questions',
    {
      schema: {
        ...questions,
        querystring: QUESTIONS_QUERY,
        response: { '2xx': QUESTIONS, ...FAILURES },
      },
      config,
    },
    async (request) => {
      const desk = deskOf(request);
      const { store } = desk.library;
      const grouping = await desk.grouper.look();
      const open = await openSuggestions(store);
      const found = await questionsWith(open, store, request.query);
      const { namelessGroups: left, alone } = await store.stats();
      const items = await Promise.all(found.map((question) => showQuestion(desk, question)));
      const reviews = peopleToReview(open).map(({ personId: id, name, items, faces }) => ({
        ...{ person: { id, name }, items, faces },
      }));
      return { items, left, alone, reviews, grouping };
    },
  );
  const group = { summary: 'All faces of a group, the odd ones first', tags, params: GROUP_PARAMETERS };
  api.get(
    '/photos/groups/:group/faces',
    {
      schema: {
        ...group,
        querystring: GROUP_FACES_QUERY,
        response: { '2xx': GROUP_FACES, ...FAILURES },
      },
      config,
    },
    async (request) => {
      const { library } = deskOf(request);
      const faces = await oddFacesFirst(library, request.params.group);
      return { items: await showFaces(library.store, faces.slice(0, request.query.limit)) };
    },
  );
  const alone = { summary: 'Nameless faces that are in no group', tags, querystring: FACES_QUERY };
  api.get(
    '/photos/alone',
    { schema: { ...alone, response: { '2xx': PHOTO_FACES, ...FAILURES } }, config },
    async (request) => {
      const { store } = deskOf(request).library;
      const { limit, cursor } = request.query;
      const which = { named: false, ignored: false, grouped: false };
      const faces = await store.listFaces({ ...which, limit, after: Number(cursor ?? 0) });
      const nextCursor = faces.length < limit ? null : String(faces.at(-1)!.seq);
      return { items: await showFaces(store, faces), nextCursor };
    },
  );
  addSuggestions(api);
}

function addSuggestions(api: Api): void {
  const suggested = { summary: 'Faces that may be a person, to confirm or to deny', tags };
  api.get(
    '/photos/people/:id/suggestions',
    {
      schema: {
        ...suggested,
        params: ID_PARAMETERS,
        querystring: SUGGESTIONS_QUERY,
        response: { '2xx': SUGGESTIONS, ...FAILURES },
      },
      config,
    },
    async (request) => {
      const { library } = deskOf(request);
      const { store } = library;
      const person = await personOf(request, request.params.id);
      const found = (await suggestionsFor(store, person.id)).slice(0, request.query.limit);
      const items = [];
      for (const { groupId: group, faceIds, confidence, evidence } of found) {
        const faces = [...(await store.faces(faceIds.slice(0, SHOWN))).values()];
        const best = await showFaces(store, faces);
        items.push({
          ...{ group, faces: faceIds.length, faceIds, best, confidence },
          evidence: evidence.map(ofPhotos),
        });
      }
      const own = await bestFaces(library, { personId: person.id }, { count: BEST_OF_PERSON });
      return { person, best: await showFaces(store, own), items };
    },
  );
}

async function showQuestion({ library }: PhotoDesk, question: PhotoQuestion) {
  const { groupId, faces, photos, confidence } = question;
  const best = await bestFaces(library, { groupId }, { count: BEST });
  const suggestions: z.output<typeof SUGGESTION>[] = question.suggestions.map(
    ({ personId, name, confidence, evidence }) => ({
      ...{ person: { id: personId, name }, confidence, evidence: evidence.map(ofPhotos) },
    }),
  );
  const known = await knownPerson(library, best);
  if (known !== null && !suggestions.some(({ person }) => person.id === known.personId)) {
    const { personId: id, name, confidence } = known;
    const evidence = known.evidence.map((pair) => ({ ...pair, namedFaceId: null }));
    suggestions.push({ person: { id, name }, confidence, evidence });
  }
  return {
    ...{ group: groupId, faces, photos, confidence },
    best: await showFaces(library.store, best),
    suggestions: suggestions.sort((a, b) => b.confidence - a.confidence),
  };
}

function ofPhotos(pair: SuggestionEvidence): z.output<typeof EVIDENCE>[number] {
  return { ...pair, enrolledFaceId: null };
}
