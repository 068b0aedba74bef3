import { CommanderError } from 'commander';
import { FaceTriggerError } from '../core/errors.ts';
import { isError } from '../core/is-kind.ts';
import { printableLines } from '../core/text/printable.ts';
import { redact } from '../watch/source/redact.ts';
import { createProgram } from './create-program.ts';
import { exitStatusOf } from './exit-status.ts';
import { helpArguments } from './help-arguments.ts';
import { hideSecretsInTitle } from './hide-secrets-in-title.ts';
import { watchInterrupts } from './interrupt.ts';
import { describeError, firstError } from './output/output.ts';

const USAGE = 2;
const OTHER_FAILURE = 6;

/**
 * Runs the command line.
 *
 * @param words - the arguments after the program's name
 * @returns the exit status
 */
export async function main(words: readonly string[]): Promise<number> {
  hideSecretsInTitle(words);
  using interrupts = watchInterrupts();
  let status = 0;
  const program = await createProgram(words, {
    signal: interrupts.signal,
    setExitStatus: (value) => {
      status = value;
    },
  });
  for (const command of [program, ...program.commands, ...program.commands.flatMap((c) => c.commands)]) {
    command.exitOverride();
  }
  try {
    await program.parseAsync(helpArguments(words, program), { from: 'user' });
  } catch (error) {
    status = report(error, interrupts.signal);
  }
  return interrupts.exitStatus() ?? status;
}

function report(thrown: unknown, signal: AbortSignal): number {
  const error = firstError(thrown);
  if (error instanceof CommanderError) {
    // Commander has printed the help or the mistake already.
    return error.exitCode === 0 ? 0 : USAGE;
  }
  if (signal.aborted) return OTHER_FAILURE;
  const { code, message } = describeError(error);
  process.stderr.write(`face-trigger: ${printableLines(message)} (${code})\n`);
  if (error instanceof FaceTriggerError) return exitStatusOf(error.code);
  // Not ours on purpose: the place in the code is what a bug report needs.
  if (isError(error) && error.stack) process.stderr.write(`${redact(error.stack)}\n`);
  return OTHER_FAILURE;
}
