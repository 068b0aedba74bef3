import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { addCopyKeysCommand } from './copy.ts';
import { addCreateCommand } from './create.ts';
import { addListCommand } from './list.ts';
import { addRevokeCommand } from './revoke.ts';

/** Adds `keys create`, `keys list`, `keys revoke` and `keys copy`. */
export function addKeysCommand(program: Command, context: CommandContext): void {
  const group = program
    .command('keys')
    .description('make, list, revoke and copy API keys of the server')
    .helpCommand(false)
    .addHelpText('after', HELP);
  for (const add of [addCreateCommand, addListCommand, addRevokeCommand, addCopyKeysCommand])
    add(group, context);
}

const HELP = `
Examples:
  face-trigger keys create door --scope recognize
  face-trigger keys create office --scope read recognize --json
  face-trigger keys list                                  (then: keys revoke ID)
  face-trigger keys copy face-trigger-keys.json postgres://user@host/database`;
