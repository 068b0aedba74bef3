import { join } from 'node:path';
import { userDataFolder } from '../../node/files/user-data-folder.ts';

/** The folder in which archives are unpacked for galleries in databases, unless another is named. */
export function unpackedOfDatabases(): string {
  return join(userDataFolder(), 'unpacked');
}
