import type { FaceMark } from '../node/image/annotate.ts';
import type { FrameView } from './watch-engine.ts';

/** What is drawn on a frame: known people, strangers, and faces that are not decided yet. */
export function frameMarks(view: FrameView): FaceMark[] {
  return view.faces.map(({ box, label, stranger, probability, liveness }) => {
    if (liveness?.live === false) return { box, label: 'not live', tone: 'unknown' };
    if (label !== null) {
      const sure = probability === null ? '' : ` ${Math.round(probability * 100)} %`;
      return { box, label: `${label}${sure}`, tone: 'known' };
    }
    return stranger === null ? { box, tone: 'plain' } : { box, label: stranger, tone: 'unknown' };
  });
}
