import { FaceTriggerError } from '../../core/errors.ts';
import { redact } from './redact.ts';

// More than any address: a line is never cut inside the one that was given.
const MAX_LOG = 20_000;

/**
 * Makes the error for a run of ffmpeg that failed, with the last line that it printed.
 *
 * @param what - the sentence's start, such as "Could not read a video from a.mp4"
 * @param options.stderr - what ffmpeg printed
 * @param options.known - addresses whose secrets it may hold: see {@link redact}
 */
export function ffmpegFailure(
  what: string,
  options: { readonly stderr: string; readonly known?: readonly string[] | undefined },
): FaceTriggerError {
  const lines = options.stderr
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('At least one output file'));
  const reason = lines.at(-1);
  const message = reason ? `${what}: ${reason}` : what;
  return new FaceTriggerError('ERR_VIDEO_SOURCE', redact(message, options.known));
}

/** The end of a log that grows, in whole lines: of a line that is cut in two, a half address could not be told. */
export function lastLines(log: string): string {
  if (log.length <= MAX_LOG) return log;
  const end = log.slice(-MAX_LOG);
  const line = end.search(/[\r\n]/);
  return line < 0 ? '' : end.slice(line);
}
