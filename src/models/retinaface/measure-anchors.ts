import { networkInput } from '../../core/detect/network-input.ts';
import { networkOutputs } from '../../core/detect/network-outputs.ts';
import { FaceTriggerError } from '../../core/errors.ts';
import type { Runtime, RuntimeSession } from '../../core/runtime/runtime.ts';
import { readPictureNetwork } from '../../onnx/picture-input.ts';
import { drawFace } from './draw-face.ts';
import { RETINAFACE_ANCHORS, type RetinafaceAnchors } from './retinaface-anchors.ts';
import { RETINAFACE_FORM, RETINAFACE_VARIANCES } from './retinaface-form.ts';
import { type RetinafaceOutputs, retinafaceOutputs } from './retinaface-outputs.ts';

/** Sides of the faces that are drawn: each excites other anchors. */
const FACES = [24, 40, 60, 120];
/** Of the picture where the file leaves that open. */
const SIDE = 320;
/** Cells that see a face less clearly say nothing. */
const LEAST_SCORE = 0.3;
/** Measured sides are within this factor of the true ones: the two projects' are at least 1.6 apart. */
const MOST_APART = 1.25;

/**
 * Measures with which anchors a RetinaFace was trained, which its graph does not say: two cells beside each other that
 * see the same face must name the same center, x + v s l = (x + stride) + v s l', so the side s of the anchor follows
 * from what both answer.
 *
 * @param bytes - of the file
 * @returns null where drawn faces leave it open
 * @throws FaceTriggerError `ERR_MODEL_FORMAT`, `ERR_RUNTIME` for a file that can't be run
 */
export async function measureAnchors(bytes: Uint8Array, runtime: Runtime): Promise<RetinafaceAnchors | null> {
  const { window, outputs } = readPictureNetwork(bytes);
  const names = retinafaceOutputs(outputs);
  if (names === null) throw new FaceTriggerError('ERR_MODEL_FORMAT', 'It is no RetinaFace');
  const frame = window ?? { width: SIDE, height: SIDE };
  const side = Math.min(frame.width, frame.height);
  const session = await runtime.createSession(bytes, { threads: 1 });
  const votes = new Map<RetinafaceAnchors, number>();
  try {
    for (const face of FACES) {
      const picture = drawFace(side, face);
      const answers = await look(session, names, networkInput(picture, frame, RETINAFACE_FORM));
      for (const vote of votesOf(answers, frame)) votes.set(vote, (votes.get(vote) ?? 0) + 1);
    }
  } finally {
    await session.dispose();
  }
  const [winner, ...others] = votes.keys();
  return winner === undefined || others.length > 0 ? null : winner;
}

interface Answers {
  readonly conf: Float32Array;
  readonly loc: Float32Array;
}

async function look(
  session: RuntimeSession,
  { conf, loc }: RetinafaceOutputs,
  input: ReturnType<typeof networkInput>,
): Promise<Answers> {
  const [height, width] = [input.dims[2]!, input.dims[3]!];
  const count = RETINAFACE_ANCHORS[10].reduce(
    (sum, { stride }) => sum + 2 * Math.ceil(width / stride) * Math.ceil(height / stride),
    0,
  );
  const lengths = new Map([
    [conf, 2 * count],
    [loc, 4 * count],
  ]);
  const [scores, boxes] = await networkOutputs(session, input, lengths);
  return { conf: scores!, loc: boxes! };
}

/** The anchors that each level's measured side belongs to. */
function votesOf(
  { conf, loc }: Answers,
  { width, height }: { readonly width: number; readonly height: number },
): RetinafaceAnchors[] {
  const votes: RetinafaceAnchors[] = [];
  let first = 0;
  for (const [level, { stride }] of RETINAFACE_ANCHORS[10].entries()) {
    const [columns, rows] = [Math.ceil(width / stride), Math.ceil(height / stride)];
    for (const anchor of [0, 1] as const) {
      let [above, below] = [0, 0];
      const compare = (a: number, b: number, axis: number) => {
        const weight = Math.min(conf[2 * a + 1]!, conf[2 * b + 1]!);
        if (!(weight > LEAST_SCORE)) return;
        const step = loc[4 * a + axis]! - loc[4 * b + axis]!;
        above += weight * stride * step;
        below += weight * step * step;
      };
      for (let row = 0; row < rows; row++) {
        for (let column = 0; column < columns; column++) {
          const at = first + 2 * (row * columns + column) + anchor;
          if (column + 1 < columns) compare(at, at + 2, 0);
          if (row + 1 < rows) compare(at, at + 2 * columns, 1);
        }
      }
      const measured = above / below / RETINAFACE_VARIANCES.center;
      for (const anchors of [10, 16] as const) {
        const ratio = measured / RETINAFACE_ANCHORS[anchors][level]!.sides[anchor];
        if (Math.max(ratio, 1 / ratio) < MOST_APART) votes.push(anchors);
      }
    }
    first += 2 * columns * rows;
  }
  return votes;
}
