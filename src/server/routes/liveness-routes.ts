import type { z } from 'zod';
import { FaceTriggerError } from '../../core/errors.ts';
import { metricOf } from '../../core/metric/metric.ts';
import type { Analysis, AnalyzedFace } from '../analysis-job.ts';
import { ownerOf } from '../body-gate.ts';
import { toLogged } from '../failure-answer.ts';
import { knownCandidates } from '../known-candidates.ts';
import { CHALLENGE, FRAME_ANSWER, NONCE_PARAMETERS } from '../schemas/liveness-schemas.ts';
import { uploadBody } from '../schemas/upload-body.ts';
import { analyzeUploads, reportSighting, type ServerContext } from '../server-context.ts';
import { CHALLENGE_MS, type TurnChallenge, type TurnChallenges } from '../turn-challenges.ts';
import { type Api, FAILURES } from './api.ts';

type Answer = z.output<typeof FRAME_ANSWER>;
type Step = Pick<Answer, 'state' | 'done' | 'of' | 'wanted' | 'hint'>;

/** Frames with somebody else's face after which a challenge fails. */
const MOST_STRANGERS = 5;
const tags = ['faces'];

/** Adds `/liveness/challenges`: turn your head as you are told, which a photo can't. */
export function addLivenessRoutes(api: Api, challenges: TurnChallenges): void {
  const sweep = setInterval(() => {
    challenges
      .forgetExpired()
      .catch((error: unknown) => api.log.warn({ err: toLogged(error) }, 'challenges were not forgotten'));
  }, CHALLENGE_MS).unref();
  api.addHook('onClose', () => clearInterval(sweep));
  api.post(
    '/liveness/challenges',
    {
      schema: {
        summary: 'Ask for an order in which to turn the head, to show that it is one',
        tags,
        response: { 201: CHALLENGE, ...FAILURES },
      },
      config: { scope: 'recognize' },
    },
    async (request, reply) => {
      const { nonce, directions, expiresAt } = await challenges.create(ownerOf(request));
      return reply.code(201).send({ nonce, directions, expiresAt: new Date(expiresAt).toISOString() });
    },
  );
  api.post(
    '/liveness/challenges/:nonce/frames',
    {
      schema: {
        summary: 'Show the next frame of a head that turns',
        tags,
        params: NONCE_PARAMETERS,
        response: { 200: FRAME_ANSWER, ...FAILURES },
      },
      config: { scope: 'recognize', upload: uploadBody('image') },
    },
    async (request): Promise<Answer> => {
      const context = request.here;
      const { nonce } = request.params;
      const owner = ownerOf(request);
      // What can't count is not looked at.
      await challenges.require(nonce, owner);
      const job = { embeddings: true, quality: true, maxFaces: 1 };
      const [analysis] = await analyzeUploads(context, request, { names: ['image'], job });
      const [face] = analysis!.faces;
      let embedding: Float32Array | null = null;
      // Meanwhile another frame may have ended it, or its time has.
      const step = await challenges.step(nonce, owner, (challenge) => {
        const taken = takeFrame(challenge, face, context);
        embedding = challenge.embedding;
        return taken;
      });
      const { width, height } = analysis as Analysis;
      return {
        ...step,
        ...{ width, height, box: face?.box ?? null },
        ...(face?.liveness && { liveness: face.liveness }),
        ...(step.state === 'passed' && { candidates: await whoPassed(embedding!, face!, context) }),
      };
    },
  );
}

function takeFrame(challenge: TurnChallenge, face: AnalyzedFace | undefined, context: ServerContext): Step {
  const { check } = challenge;
  const skip = (hint: Answer['hint']): Step => ({ ...check.progress, hint });
  if (face === undefined) return skip('no face');
  if ((face.quality?.faceCount ?? 1) > 1) return skip('several faces');
  if (face.liveness?.live === false) return skip('not live');
  if (face.head === undefined) {
    const message = 'The landmarks of these models do not show whether a head is solid: use other models';
    throw new FaceTriggerError('ERR_UNSUPPORTED_OPTION', message);
  }
  // Points that coincide are of no face.
  if (face.head === null) return skip('no face');
  const { metric, thresholds } = context.pool.embedder;
  const first = challenge.embedding;
  if (first !== null && metricOf(metric).distance(face.embedding!, first) > thresholds.verify) {
    challenge.strangers++;
    const state = challenge.strangers >= MOST_STRANGERS ? 'failed' : check.progress.state;
    return { ...skip('another face'), state, wanted: state === 'failed' ? null : check.progress.wanted };
  }
  const before = check.progress.done;
  const progress = check.add(face.head);
  if (before === 0 && progress.done > 0) challenge.embedding = face.embedding!;
  return progress;
}

/** By the frame that looked ahead, in which a face is seen best. */
async function whoPassed(
  embedding: Float32Array,
  { box }: AnalyzedFace,
  context: ServerContext,
): Promise<Answer['candidates']> {
  const { gallery, pool, settings } = context;
  const nearest = await gallery.search(embedding, { embedder: pool.embedder, limit: 5 });
  const { maxDistance } = settings.values;
  const candidates = knownCandidates(nearest, { maxDistance, minProbability: undefined });
  reportSighting(context, { box, best: candidates[0] });
  return candidates;
}
