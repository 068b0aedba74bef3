import { FaceTriggerError } from '../../errors.ts';
import { redact } from './redact.ts';

/**
 * Makes the error for a run of ffmpeg that failed, with the last line that it printed.
 *
 * @param what - the sentence's start, such as "Could not read a video from a.mp4"
 * @param stderr - what ffmpeg printed; passwords in it are hidden
 */
export function ffmpegFailure(what: string, stderr: string): FaceTriggerError {
  const lines = stderr
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('At least one output file'));
  const reason = lines.at(-1);
  return new FaceTriggerError('ERR_VIDEO_SOURCE', redact(reason ? `${what}: ${reason}` : what));
}
