import { FaceTriggerError } from '../../../core/errors.ts';
import { parseDate } from '../../../core/text/iso-date.ts';
import type { StoredPhoto } from '../../../gallery/stores/photos/photo-store.ts';
import type { PhotoDesk } from '../../photos/photo-desk.ts';
import { showFaces, showPhoto } from '../../photos/show-faces.ts';
import { ID_PARAMETERS } from '../../schemas/fields.ts';
import {
  PHOTO_STATS,
  PHOTO_WITH_FACES,
  PHOTOS,
  PHOTOS_QUERY,
  PICTURE_QUERY,
  THUMBNAILS,
  THUMBNAILS_QUERY,
} from '../../schemas/photo-schemas.ts';
import { type Api, FAILURES } from '../api.ts';
import { ADMIN, deskOf, TAGS } from './desk-of.ts';

const config = ADMIN;
const tags = TAGS;
const params = ID_PARAMETERS;

/** Adds the photos themselves. */
export function addPhotoRoutes(api: Api): void {
  const stats = { summary: 'What the photos hold, and how much of it has a name', tags };
  api.get(
    '/photos/stats',
    { schema: { ...stats, response: { '2xx': PHOTO_STATS, ...FAILURES } }, config },
    async (request) => {
      const { library, grouper } = deskOf(request);
      return { ...(await library.store.stats()), grouping: await grouper.look() };
    },
  );
  const list = { summary: 'List photos, the newest first', tags, querystring: PHOTOS_QUERY };
  api.get(
    '/photos',
    { schema: { ...list, response: { '2xx': PHOTOS, ...FAILURES } }, config },
    async (request) => {
      const { store } = deskOf(request).library;
      const { limit, offset, person, with: other, from, to, nameless } = request.query;
      const query = {
        personIds: [person, other].flatMap((id) => id ?? []),
        from: from === undefined ? undefined : parseDate(from, 'from'),
        to: to === undefined ? undefined : parseDate(to, 'to'),
        withNameless: nameless,
      };
      const photos = await store.listPhotos({ ...query, limit, offset });
      return { items: photos.map(showPhoto), total: await store.countPhotos(query) };
    },
  );
  const show = { summary: 'A photo with the faces in it', tags, params };
  api.get(
    '/photos/:id',
    { schema: { ...show, response: { '2xx': PHOTO_WITH_FACES, ...FAILURES } }, config },
    async (request) => {
      const desk = deskOf(request);
      const { store } = desk.library;
      const photo = await photoOf(desk, request.params.id);
      return { ...showPhoto(photo), shown: await showFaces(store, await store.facesOf([photo.id])) };
    },
  );
  addPictures(api);
}

function addPictures(api: Api): void {
  const produces = ['image/jpeg'];
  const picture = { summary: 'A photo, made small', tags, params, querystring: PICTURE_QUERY, produces };
  api.get('/photos/:id/picture', { schema: picture, config }, async (request, reply) => {
    const desk = deskOf(request);
    const photo = await photoOf(desk, request.params.id);
    const bytes = await desk.picture(photo, request.query.side, request.life.signal);
    return reply.type('image/jpeg').send(Buffer.from(bytes));
  });
  api.get(
    '/photos/faces/:id/thumbnail',
    { schema: { summary: 'The kept crop of a face in a photo', tags, params, produces }, config },
    async (request, reply) => {
      const found = await deskOf(request).library.store.findThumbnail(request.params.id);
      if (!found?.thumbnail) throw new FaceTriggerError('ERR_NOT_FOUND', 'There is no such picture');
      return reply.type('image/jpeg').send(Buffer.from(found.thumbnail));
    },
  );
  const many = { summary: 'The kept crops of many faces', tags, querystring: THUMBNAILS_QUERY };
  api.get(
    '/photos/thumbnails',
    { schema: { ...many, response: { '2xx': THUMBNAILS, ...FAILURES } }, config },
    async (request) => {
      const { store } = deskOf(request).library;
      const ids = [...new Set(request.query.ids.split(','))];
      const found = await Promise.all(ids.map((id) => store.findThumbnail(id)));
      const items = ids.flatMap((id, i) => {
        const thumbnail = found[i]?.thumbnail;
        return thumbnail ? [{ id, jpeg: Buffer.from(thumbnail).toString('base64') }] : [];
      });
      return { items };
    },
  );
}

/** @throws FaceTriggerError `ERR_NOT_FOUND` */
async function photoOf({ library }: PhotoDesk, id: string): Promise<StoredPhoto> {
  const photo = (await library.store.photos([id])).get(id);
  if (photo !== undefined) return photo;
  throw new FaceTriggerError('ERR_NOT_FOUND', 'There is no photo with this id');
}
