import type { FaceEvent } from '../watch-event.ts';
import { findProgram } from './find-program.ts';

/** How a text is spoken on this machine. */
export interface Speaker {
  /** Reads the text from its standard input, so that a name is never an option. */
  readonly argv: readonly string[];
}

/**
 * Finds the program that speaks: `espeak-ng` or `espeak`, or `say` on macOS.
 *
 * @param options.voice - as the program names it
 * @returns null where there is none
 */
export async function findSpeaker(
  options: { readonly voice?: string | undefined } = {},
): Promise<Speaker | null> {
  const { voice } = options;
  for (const [name, args] of [
    ['espeak-ng', ['--stdin']],
    ['espeak', ['--stdin']],
    ['say', ['-f', '-']],
  ] as const) {
    const program = await findProgram(name);
    if (program) return { argv: [program, ...(voice ? ['-v', voice] : []), ...args] };
  }
  return null;
}

/**
 * The sentence to speak.
 *
 * @param template - `{name}` stands for the person's name
 * @remarks Control characters, and the brackets with which speech programs mark commands and phonemes, are left out.
 */
export function speechText(template: string, event: Pick<FaceEvent, 'label' | 'stranger'>): string {
  const name = event.label ?? event.stranger ?? 'unknown';
  return template.replaceAll('{name}', () => name.replace(/[\p{C}[\]<>]/gu, ' ')).trim();
}
