import { invalidArgument } from '../core/errors.ts';
import { assertPort } from '../core/options/assert-port.ts';
import { EMBEDDER_PROFILE } from './model-pack.ts';

/**
 * Checks an embedder that a caller hands in, and that its profile says all that is asked of it.
 *
 * @param name - the argument's name, such as "options.embedder"
 * @throws FaceTriggerError `ERR_INVALID_ARGUMENT`
 */
export function assertEmbedder(embedder: unknown, name: string): void {
  assertPort(embedder, name, {
    ...{ port: 'a FaceEmbedder', methods: ['embed', 'dispose'], facts: ['profile'] },
  });
  const { profile } = embedder as { readonly profile: unknown };
  const [issue] = EMBEDDER_PROFILE.safeParse(profile).error?.issues ?? [];
  if (!issue) return;
  const path = issue.path.map(String);
  const received = path.reduce<unknown>((value, key) => Object(value)[key], profile);
  const expected = `what an EmbedderProfile says (${issue.message})`;
  throw invalidArgument(expected, [name, 'profile', ...path].join('.'), received);
}
