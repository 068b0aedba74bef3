import { setTimeout as pause } from 'node:timers/promises';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { FaceTriggerError } from '../../../core/errors.ts';
import { type CameraView, cameraNamed } from '../../../home/cameras/camera-view.ts';
import { ownerOf } from '../../body-gate.ts';
import { PICTURES_TYPE, streamPictures } from '../../picture-stream.ts';
import { Places } from '../../places.ts';
import { CAMERA_PARAMETERS, CAMERAS, LIVE_QUERY } from '../../schemas/home-schemas.ts';
import { type Api, FAILURES } from '../api.ts';
import { homeOf } from './home-of.ts';

/** Connections that may show live pictures at once; a key or address may have half of them. */
const MAX_VIEWERS = 32;
/** How long a single picture is waited for: a camera of pictures may give one in seconds. */
const PICTURE_MS = 10_000;
const tags = ['cameras'];
const params = CAMERA_PARAMETERS;
const config = { scope: 'read' } as const;

/** Adds `/cameras` with their live pictures. */
export function addCameraRoutes(api: Api): void {
  const list = { summary: 'List the cameras, how they are and whom they see', tags };
  api.get(
    '/cameras',
    { schema: { ...list, response: { '2xx': CAMERAS, ...FAILURES } }, config },
    async (request) => ({ items: homeOf(request).cameras.map(({ status }) => status) }),
  );
  api.get(
    '/cameras/:name/picture.jpg',
    {
      schema: {
        summary: 'The next picture of a camera, with boxes and names',
        tags,
        params,
        produces: ['image/jpeg'],
      },
      config,
    },
    async (request, reply) => {
      const camera = cameraNamed(homeOf(request).cameras, request.params.name);
      return reply.type('image/jpeg').send(Buffer.from(await nextPicture(camera, request)));
    },
  );
  addStreams(api);
}

function addStreams(api: Api): void {
  const places = new Places({ what: 'viewers', count: MAX_VIEWERS });
  const open = new Set<AbortController>();
  api.addHook('preClose', async () => {
    for (const stop of open) stop.abort();
  });
  const show = (
    request: FastifyRequest,
    reply: FastifyReply,
    cameras: readonly CameraView[],
  ): FastifyReply => {
    const { life } = request;
    life.hold(places.take(ownerOf(request)));
    const stop = new AbortController();
    open.add(stop);
    life.hold(() => {
      open.delete(stop);
      stop.abort();
    });
    reply.hijack();
    const { raw } = reply;
    for (const [name, value] of Object.entries(reply.getHeaders()))
      if (value !== undefined) raw.setHeader(name, value);
    raw.writeHead(200, { 'content-type': PICTURES_TYPE, 'cache-control': 'no-store' });
    void streamPictures(raw, cameras, stop.signal);
    return reply;
  };
  const produces = ['multipart/x-mixed-replace'];
  api.get(
    '/cameras/live',
    {
      schema: {
        summary: 'Live pictures of all cameras, each with the header x-camera (multipart)',
        tags,
        querystring: LIVE_QUERY,
        produces,
      },
      config,
    },
    async (request, reply) => {
      const { cameras } = homeOf(request);
      const wanted = request.query.camera?.map((name) => cameraNamed(cameras, name)) ?? cameras;
      return show(request, reply, [...new Set(wanted)]);
    },
  );
  api.get(
    '/cameras/:name/live',
    { schema: { summary: 'Live pictures of a camera (multipart, "MJPEG")', tags, params, produces }, config },
    async (request, reply) =>
      show(request, reply, [cameraNamed(homeOf(request).cameras, request.params.name)]),
  );
}

async function nextPicture(camera: CameraView, { life }: FastifyRequest): Promise<Uint8Array> {
  const stop = new AbortController();
  life.hold(() => stop.abort());
  const late = pause(PICTURE_MS, 'late' as const, { signal: stop.signal, ref: false }).catch(
    () => 'late' as const,
  );
  try {
    const picture = await Promise.race([camera.nextPicture(life.signal), late]);
    if (picture !== null && picture !== 'late') return picture;
    const { state, reason } = camera.status;
    const why = reason === null ? '' : `: ${reason}`;
    throw new FaceTriggerError('ERR_UNAVAILABLE', `The camera gives no pictures now (${state})${why}`);
  } finally {
    stop.abort();
  }
}
