import { InvalidArgumentError, Option } from 'commander';
import { isHostOrRange } from '../../node/network/checked-lookup.ts';

/** Adds what may be fetched from though it is not public. */
export function allowInternalOption(): Option {
  return new Option(
    '--allow-internal <host...>',
    'names, addresses or networks (10.0.0.0/8) that are not public and may be asked for photos of jobs',
  )
    .argParser(addHost)
    .default([]);
}

function addHost(text: string, before: readonly string[]): readonly string[] {
  if (isHostOrRange(text)) return [...before, text];
  throw new InvalidArgumentError(
    'Expected a host, an address or a network such as 10.0.0.0/8, without https://, port and path.',
  );
}
