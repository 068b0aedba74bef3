import { z } from 'zod';

/** A line of text that is not empty. */
export const textSchema = z
  .string()
  .min(1, 'Expected text that is not empty')
  .max(1000)
  .regex(/^\P{Cc}*$/u, 'Expected one line of text');

/** What a camera, a zone or a place is called: told in events, topics and pages. */
export const nameSchema = z
  .string()
  .max(100)
  .regex(/^[\p{L}\p{N}][\p{L}\p{N} ._-]*$/u, 'Expected a name of letters, digits, blanks and . _ -');

/** What stands for a text that shall not be in the file: the name of a variable. */
const FROM_VARIABLE = /^env:(.*)$/s;

/** The text that a configuration means: `env:NAME` is the content of a variable, which must be set by then. */
export function fromEnvironment(text: string): { readonly text: string } | { readonly missing: string } {
  const name = FROM_VARIABLE.exec(text)?.[1];
  if (name === undefined) return { text };
  const value = process.env[name];
  return value ? { text: value } : { missing: name };
}
