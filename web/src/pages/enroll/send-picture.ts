import { readNewFace } from '../../../../src/web/gallery/read-new-face.ts';
import type { FacePipeline } from '../../../../src/web/index.ts';
import { ApiError, messageOf } from '../../api/api-error.ts';
import type { Api, ReviewLevel } from '../../api/create-api.ts';
import type { EnrolledByName, Session } from '../../api/types.ts';
import { fitPicture, shrunkInWords } from '../../components/fit-picture.ts';

/** A picture to enroll. */
export interface NewPicture {
  readonly picture: Blob;
  readonly source: string;
  readonly name: string;
  readonly review: ReviewLevel;
  /** When a person who is new is to be deleted; `null`: as the server's settings say. */
  readonly expiresAt: string | null;
  /** Looks at it in this browser, so that only the embedding travels; `null`: the server does. */
  readonly pipeline: FacePipeline | null;
}

/** How it ended with a picture. */
export interface PictureOutcome {
  readonly state: 'added' | 'there' | 'refused' | 'failed' | 'canceled';
  /** Why it was refused, or what could be better. */
  readonly remarks: readonly string[];
  /** Whether there is a face that could be taken without the check. */
  readonly canForce: boolean;
}

/** Sends a picture to the gallery; waits and sends again where the server asks for it. */
export async function sendPicture(
  { picture, source, review, name, expiresAt, pipeline }: NewPicture,
  {
    api,
    limits,
    signal,
  }: { readonly api: Api; readonly limits: Session['limits']; readonly signal: AbortSignal },
): Promise<PictureOutcome> {
  for (;;) {
    try {
      if (pipeline !== null) {
        const face = await readFace(pipeline, picture);
        return success(
          await api.enrollEmbedded({ ...face, review, source, name, expiresAt }, { signal }),
          [],
        );
      }
      const { picture: sent, shrunk } = await fitPicture(picture, limits);
      const options = { review, source, expiresAt, signal };
      const answer = await api.enrollByName(name, sent, options);
      return success(answer, shrunk ? [shrunkInWords(shrunk)] : []);
    } catch (error) {
      if (signal.aborted) return { state: 'canceled', remarks: [], canForce: false };
      const retryMs = error instanceof ApiError ? error.retryMs : 0;
      if (retryMs === 0) return failure(error);
      await new Promise((resolve) => setTimeout(resolve, retryMs));
    }
  }
}

/** The face of a picture, in the words of the API. */
async function readFace(pipeline: FacePipeline, picture: Blob) {
  const { embedding, embedder, quality } = await readNewFace(pipeline, picture);
  const facts = Object.entries(quality ?? {}).filter(
    (fact): fact is [string, number] => fact[1] !== undefined,
  );
  return { embedding, embedder: embedder!, quality: Object.fromEntries(facts) };
}

function success(
  { alreadyThere, flags, nearerPerson }: EnrolledByName,
  size: readonly string[],
): PictureOutcome {
  if (alreadyThere) {
    const remarks = ['this photo is there already; nothing was added'];
    return { state: 'there', remarks, canForce: false };
  }
  const warning = nearerPerson ? [likeness(nearerPerson)] : [];
  const remarks = [...flags.map(({ message }) => message), ...warning, ...size];
  return { state: 'added', remarks, canForce: false };
}

function likeness({ name, samePhoto }: NonNullable<EnrolledByName['nearerPerson']>): string {
  return samePhoto
    ? `the same photo is here as ${name}: one photo under two names`
    : `looks more like ${name}: is the name right, or is the person here twice?`;
}

function failure(error: unknown): PictureOutcome {
  const isRefusal = error instanceof ApiError && error.code === 'ERR_UNSUITABLE_FACE';
  const message = messageOf(error);
  const reasons = isRefusal ? refusalReasons(error) : [];
  return {
    state: isRefusal ? 'refused' : 'failed',
    remarks: reasons.length > 0 ? reasons : [message],
    canForce: reasons.length > 0,
  };
}

/** What the server's check found wrong with the photo; empty where there was no face to check. */
function refusalReasons({ details }: ApiError): readonly string[] {
  const reasons = (details.reasons ?? []) as readonly { readonly message: string }[];
  return reasons.map(({ message }) => message);
}
