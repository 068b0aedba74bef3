import { redact } from '../watch/source/redact.ts';

/**
 * Hides passwords in addresses from other users of the machine, who can read a process's arguments; once a title is set,
 * they read that instead.
 *
 * @remarks Until then they can read the arguments: some hundredths of a second.
 */
export function hideSecretsInTitle(args: readonly string[]): void {
  const shown = args.map((one) => redact(one, one.includes('://') ? [one] : []));
  if (shown.some((text, i) => text !== args[i])) process.title = ['face-trigger', ...shown].join(' ');
}
