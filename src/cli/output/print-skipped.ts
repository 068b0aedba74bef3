import { printable } from '../../core/text/printable.ts';
import { describeSkipped } from '../../dataset/describe-skipped.ts';
import type { SkippedFile } from '../../dataset/skipped-file.ts';
import type { Output } from './output.ts';

/** Tells what was left out: a remark for each kind, or with `json` one object a line for each file or folder. */
export async function printSkipped(
  output: Output,
  skipped: readonly SkippedFile[],
  { json }: { readonly json?: true | undefined },
): Promise<void> {
  if (json) {
    for (const { path, reason, message } of skipped) await output.json({ path, skipped: reason, message });
  } else for (const line of describeSkipped(skipped)) output.note(printable(line));
}
