import type { Command } from 'commander';
import { createGallery } from '../../gallery/collection/gallery-collection.ts';
import type { ModelPrecision } from '../../models/model-pack.ts';
import { packageEmbedder } from '../../node/models/packaged-models.ts';
import type { CommandContext } from '../command-context.ts';
import { addNetworkOptions, precisionOption } from '../options/network-options.ts';
import { printResult } from './gallery-subcommand.ts';

interface CreateOptions {
  readonly json?: true | undefined;
  readonly models?: string | undefined;
  readonly precision?: ModelPrecision | undefined;
  readonly commercial?: true | undefined;
}

/** Adds `gallery create`. */
export function addCreateCommand(group: Command, context: CommandContext): void {
  const command = group
    .command('create')
    .description('make an empty gallery, one of several in a folder or a database')
    .argument('<address>', 'folder/?gallery=name, postgres://user@host/database?gallery=name, or a file')
    .option('--json', 'print JSON, one object per line')
    .addOption(precisionOption());
  addNetworkOptions(command).action((url: string, options: CreateOptions) => create(url, options, context));
}

async function create(url: string, options: CreateOptions, context: CommandContext): Promise<void> {
  const { models, precision, commercial } = options;
  const profile = await packageEmbedder(precision, models, { commercial });
  const { id, sha256, dimension } = profile;
  await createGallery(url, { embedder: { id, sha256, dimension }, distances: profile, models });
  const text = `an empty gallery is there, for ${id}`;
  await printResult({ gallery: url, ...options }, context, { value: { embedder: id }, text });
}
