import type { FastifyInstance } from 'fastify';
import { compareFaces, foundProbability } from '../compare-faces.ts';
import { reportSighting } from '../server-context.ts';
import { CompreFaceError } from './compreface-error.ts';
import { faceJson, round, wantedFaces } from './compreface-face.ts';
import { readParameters } from './compreface-parameters.ts';
import { analyze, type CompreFaceRequest, findFace, ROUTES, withStatus } from './compreface-work.ts';

const FILE = { names: ['file'], read: readParameters };
const PAIR = { names: ['source_image', 'target_image'], read: readParameters };

/** Adds the routes that look at pictures and learn nothing: detection, recognition and verification. */
export function addRecognitionRoutes(server: FastifyInstance): void {
  server.post('/detection/detect', ROUTES.recognize, async (request: CompreFaceRequest) => {
    const context = request.here;
    const { asked: parameters, analyses } = await analyze(request, FILE);
    const [analysis] = analyses;
    const faces = wantedFaces(parameters, analysis!);
    const result = faces.map((face) => faceJson(parameters, face, analysis!));
    return withStatus(context, parameters, { result });
  });

  server.post('/recognition/recognize', ROUTES.recognize, async (request: CompreFaceRequest) => {
    const context = request.here;
    const { asked: parameters, analyses } = await analyze(request, FILE);
    const [analysis] = analyses;
    const result = [];
    for (const face of wantedFaces(parameters, analysis!)) {
      const limit = parameters.predictionCount;
      const found = await context.gallery.search(face.embedding!, { limit, embedder: context.pool.embedder });
      const isShown = face.liveness?.live === false;
      const near = found.find(({ distance }) => distance <= context.settings.values.maxDistance);
      const subjects = (isShown ? [] : found).map(({ person, distance }) => ({
        subject: person.name,
        similarity: round(foundProbability(distance, context)),
      }));
      reportSighting(context, { ...face, best: isShown ? undefined : near, shows: near });
      result.push({ ...faceJson(parameters, face, analysis!), subjects });
    }
    return withStatus(context, parameters, { result });
  });

  server.post('/verification/verify', ROUTES.recognize, async (request: CompreFaceRequest) => {
    const context = request.here;
    const { asked: parameters, analyses } = await analyze(request, PAIR);
    const [source, target] = analyses;
    const [sourceFace] = wantedFaces(parameters, source!);
    const matches = wantedFaces(parameters, target!).map((face) => ({
      ...faceJson(parameters, face, target!),
      similarity: round(
        compareFaces(face.embedding!, sourceFace!.embedding!, context.pool.embedder).probability,
      ),
    }));
    matches.sort((a, b) => b.similarity - a.similarity);
    const one = { source_image_face: faceJson(parameters, sourceFace!, source!), face_matches: matches };
    return { result: [withStatus(context, parameters, one)] };
  });

  server.post('/recognition/faces/:id/verify', ROUTES.recognize, async (request: CompreFaceRequest) => {
    const context = request.here;
    const stored = await findFace(context, (request.params as { readonly id: string }).id);
    if (stored === null) throw new CompreFaceError('IMAGE_NOT_FOUND', 'Image not found');
    const { asked: parameters, analyses } = await analyze(request, FILE);
    const [analysis] = analyses;
    const result = wantedFaces(parameters, analysis!).map((face) => ({
      ...faceJson(parameters, face, analysis!),
      similarity: round(compareFaces(face.embedding!, stored.embedding!, context.pool.embedder).probability),
    }));
    return withStatus(context, parameters, { result });
  });
}
