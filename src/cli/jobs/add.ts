import type { Command } from 'commander';
import { FaceTriggerError } from '../../core/errors.ts';
import { printable } from '../../core/text/printable.ts';
import { describeEmbedder } from '../../gallery/check-embedding.ts';
import { galleryExists } from '../../gallery/gallery-exists.ts';
import { openGallery } from '../../gallery/open-gallery.ts';
import type { ReviewLevel } from '../../gallery/review-face.ts';
import { isOutcomeUnknown } from '../../gallery/stores/outcome-unknown.ts';
import { ENROLL } from '../../jobs/kinds/enroll-kind.ts';
import type { EnrollParameters } from '../../jobs/kinds/task-schemas.ts';
import { isArchiveName } from '../../jobs/photos/archive/unpack-archive.ts';
import { planEnrollment } from '../../jobs/photos/plan-enrollment.ts';
import type { ModelPrecision } from '../../models/model-pack.ts';
import { packageEmbedder } from '../../node/models/packaged-models.ts';
import type { CommandContext } from '../command-context.ts';
import { askedModels } from '../gallery/asked-models.ts';
import { dateToCome } from '../options/date-option.ts';
import { duplicatesOption, reviewOption } from '../options/enrollment-options.ts';
import { addModelsOption, precisionOption } from '../options/network-options.ts';
import { integerAtLeast } from '../options/number-option.ts';
import { refuseUnused } from '../options/refuse-unused.ts';
import { counted } from '../output/counted.ts';
import { Output } from '../output/output.ts';
import { printSkipped } from '../output/print-skipped.ts';
import { type JobsOptions, jobJson, jobsSubcommand, withJobs } from './jobs-subcommand.ts';

interface AddOptions extends JobsOptions {
  readonly name?: string | undefined;
  readonly urls?: string[] | undefined;
  readonly review: ReviewLevel;
  readonly duplicates: 'skip' | 'keep';
  readonly expires?: Date | undefined;
  readonly consent?: string | undefined;
  readonly tries?: number | undefined;
  readonly unpackTo?: string | undefined;
  readonly maxUnpacked: number;
  readonly models?: string | undefined;
  readonly precision?: ModelPrecision | undefined;
}

/** Adds `jobs add`. */
export function addAddJobCommand(group: Command, context: CommandContext): void {
  const command = jobsSubcommand(group, 'add', 'have workers enroll many photos')
    .argument(
      '[inputs...]',
      'folders of people (Ada/1.jpg, Bob.jpg) and archives of such folders (.zip, .tar, .tar.gz), or photos of one person with --name',
    )
    .option('--name <name>', 'the person whom the photos show')
    .option('--urls <file...>', 'lists of addresses of photos: lines with URL or URL,person; or JSON')
    .addOption(reviewOption())
    .addOption(duplicatesOption())
    .option('--expires <date>', 'when to delete these people: 2027-06-30, or a time with a zone', dateToCome)
    .option('--consent <text>', "what these people agreed to; kept with today's date")
    .option('--tries <n>', 'how often a photo is tried (default: 5)', integerAtLeast(1))
    .option('--unpack-to <dir>', 'where archives are unpacked; every worker must find it there')
    .option('--max-unpacked <gigabytes>', 'largest size of what an archive holds', integerAtLeast(1), 20)
    .addOption(precisionOption('fp32 for a new gallery, else that of its faces'));
  addModelsOption(command).action((inputs: string[], options: AddOptions) => {
    if (!inputs.some(isArchiveName))
      refuseUnused(command, ['unpackTo', 'maxUnpacked'], 'without an archive, which it is about');
    return add(inputs, options, context);
  });
}

async function add(inputs: readonly string[], options: AddOptions, context: CommandContext): Promise<void> {
  const { json, tries, review, duplicates, expires, consent } = options;
  const output = new Output('', context);
  await requireOwnModels(options);
  const plan = await planEnrollment(inputs, {
    ...{ name: options.name, urls: options.urls ?? [], gallery: options.gallery, signal: context.signal },
    ...{ unpackTo: options.unpackTo, maxUnpackedBytes: options.maxUnpacked * 1e9 },
  });
  let mayExist = false;
  try {
    await printSkipped(output, plan.skipped, options);
    for (const name of plan.withoutPhotos)
      output.note(`no task: ${printable(name)}, there is no photo of this person that can be read`);
    await requireGallery(options);
    await withJobs(options, async (queue) => {
      const parameters: EnrollParameters = {
        ...{ review, duplicates },
        ...(expires && { expiresAt: expires.toISOString() }),
        ...(consent !== undefined && { consent: { text: consent, at: new Date().toISOString() } }),
        ...(plan.unpacked !== null && { unpacked: plan.unpacked }),
      };
      mayExist = true;
      const job = await queue
        .add({ kind: ENROLL, parameters, tasks: plan.tasks, tries })
        .catch((error: unknown) => {
          mayExist = isOutcomeUnknown(error);
          throw error;
        });
      const people = counted(plan.people, 'person', 'people');
      if (json) await output.json(jobJson(job));
      else await output.line(`job ${job.id}: ${counted(job.total, 'photo')} of ${people}; "worker" does it`);
    });
  } catch (error) {
    // A job that is there needs its photos, whatever went wrong after it was made.
    if (!mayExist) await plan.discard();
    else if (plan.unpacked !== null)
      output.note(
        `${plan.unpacked} stays: the job may be there ("jobs list" tells), and needs what was unpacked`,
      );
    throw error;
  }
}

/**
 * Workers enroll with the gallery's own models: others can't be asked for.
 *
 * @throws FaceTriggerError `ERR_MODEL_MISMATCH`
 */
async function requireOwnModels({ gallery, models, precision }: AddOptions): Promise<void> {
  if ((models === undefined && precision === undefined) || !(await galleryExists(gallery))) return;
  const { own, asked, isSame } = await askedModels(gallery, { models, precision });
  if (isSame) return;
  throw new FaceTriggerError(
    'ERR_MODEL_MISMATCH',
    `The gallery is made for ${describeEmbedder(own)}, not for ${describeEmbedder(asked)}: leave --models and --precision out, or use "jobs migrate"`,
  );
}

/** Makes the gallery where it does not exist, as `gallery add` does. */
async function requireGallery({ gallery, models, precision }: AddOptions): Promise<void> {
  if (await galleryExists(gallery)) return;
  const profile = await packageEmbedder(precision, models);
  const { id, sha256, dimension } = profile;
  const made = await openGallery(gallery, {
    embedder: { id, sha256, dimension },
    distances: profile,
    models,
  });
  await made.dispose();
}
