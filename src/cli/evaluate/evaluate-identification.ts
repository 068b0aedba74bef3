import { FaceTriggerError } from '../../core/errors.ts';
import { printable } from '../../core/text/printable.ts';
import { type PersonPhotos, type SkippedPath, scanPeopleFolder } from '../../dataset/people-folder.ts';
import { splitForIdentification } from '../../dataset/split-for-identification.ts';
import type { FaceReading } from '../../evaluate/face-reader.ts';
import { evaluateIdentification, type IdentificationResult } from '../../evaluate/identification.ts';
import { percent } from '../../evaluate/report/charts.ts';
import { identificationReport } from '../../evaluate/report/identification-report.ts';
import { type NamedFace, searchGallery } from '../../evaluate/search-outcome.ts';
import { makeFolder } from '../../node/files/make-folder.ts';
import { packageEmbedder } from '../../node/models/packaged-models.ts';
import type { CommandContext } from '../command-context.ts';
import { refuseGallery } from '../options/refuse-gallery.ts';
import { counted } from '../output/counted.ts';
import { Output } from '../output/output.ts';
import { printSkipped } from '../output/print-skipped.ts';
import { formatTable } from '../output/text-table.ts';
import { writeReport } from '../output/write-report.ts';
import { type Failure, failuresOf } from './evaluate-verification.ts';
import {
  type EvaluationOptions,
  evaluationFacts,
  evaluationLedger,
  goOnWithCache,
  pictureMaker,
  readEvaluationFaces,
  reportDistances,
} from './evaluation-faces.ts';

/** Options of `evaluate identification`. */
export interface IdentificationCommandOptions extends EvaluationOptions {
  readonly gallery?: string | undefined;
  readonly probe?: string | undefined;
  readonly unknown?: string | undefined;
  readonly split?: string | undefined;
  readonly trainImages: number;
  readonly strangers?: number | undefined;
  readonly seed: number;
  readonly maxDistance?: number | undefined;
  readonly report?: string | undefined;
}

const GALLERIES_OWN =
  '"face-trigger jobs evaluate --gallery ADDRESS" says how right one is about its own faces, once a worker has done it';

/** Runs `evaluate identification`. */
export async function evaluateIdentificationCommand(
  options: IdentificationCommandOptions,
  context: CommandContext,
): Promise<void> {
  const { signal } = context;
  for (const folder of [options.gallery, options.probe, options.unknown, options.split])
    if (folder !== undefined) await refuseGallery(folder, GALLERIES_OWN);
  const output = new Output('embedding', {
    progress: options.progress,
    signal,
    goOn: goOnWithCache(options),
  });
  // Found out now, not after an hour of work.
  if (options.report !== undefined) await makeFolder(options.report);
  const { gallery, probes, skipped } = await readFolders(options);
  if (!options.json) await printSkipped(output, skipped, {});
  const photos = (people: readonly PersonPhotos[]) => people.flatMap((person) => person.photos);
  const readings = await readEvaluationFaces([...photos(gallery), ...photos(probes)], {
    ...options,
    signal,
    output,
  });
  const embedder = await packageEmbedder(options.precision, options.models);
  const outcomes = searchGallery(toFaces(probes, readings), toFaces(gallery, readings), {
    metric: embedder.metric,
  });
  const result = evaluateIdentification(outcomes, {
    ...(options.maxDistance !== undefined && { maxDistance: options.maxDistance }),
  });
  const failures = failuresOf(readings, (path) => path);
  const json = {
    kind: 'identification',
    galleryPeople: gallery.length,
    galleryPhotos: photos(gallery).length,
    ...result,
    failures,
    skipped,
    models: await evaluationLedger(options),
  };
  let reportPath: string | null = null;
  if (options.report !== undefined) {
    const page = await identificationReport(result, {
      title: 'Identification',
      date: new Date(),
      facts: await reportFacts(options, { people: gallery.length, photos: json.galleryPhotos }),
      picture: pictureMaker(readings, (name) => name),
      failures: failures.map(({ image, reason }) => `${image}: ${reason}`),
      range: reportDistances(embedder, options).range,
    });
    reportPath = await writeReport(options.report, 'identification', { page, json });
  }
  if (options.json) await output.json(json);
  else await output.line(toText(result, { gallery: gallery.length, failures }));
  if (reportPath !== null && !options.json) output.note(`Report: ${printable(reportPath)}`);
}

async function reportFacts(
  options: IdentificationCommandOptions,
  { people, photos }: { readonly people: number; readonly photos: number },
): Promise<(readonly [string, string])[]> {
  return [
    ['Photos', options.split ?? `${options.gallery}, ${options.probe}`],
    ['Gallery', `${counted(people, 'person', 'people')}, ${counted(photos, 'photo')}`],
    ...(await evaluationFacts(options)),
  ];
}

async function readFolders(options: IdentificationCommandOptions): Promise<{
  readonly gallery: readonly PersonPhotos[];
  readonly probes: readonly PersonPhotos[];
  readonly skipped: readonly SkippedPath[];
}> {
  const { gallery, probe, unknown, split } = options;
  if (split !== undefined) {
    if (gallery !== undefined || probe !== undefined || unknown !== undefined) {
      throw new FaceTriggerError(
        'ERR_INVALID_ARGUMENT',
        'Give either --split or --gallery and --probe, not both',
      );
    }
    const { trainImages, strangers, seed } = options;
    const { people, skipped } = await scanPeopleFolder(split);
    const drawn = splitForIdentification(people, {
      trainImages,
      seed,
      ...(strangers !== undefined && { strangers }),
    });
    return { ...drawn, skipped };
  }
  if (gallery === undefined || probe === undefined) {
    throw new FaceTriggerError(
      'ERR_INVALID_ARGUMENT',
      'Give --gallery and --probe (and --unknown), or --split',
    );
  }
  const knownScan = await scanPeopleFolder(gallery);
  const known = knownScan.people;
  const labels = new Set(known.map((person) => person.label));
  const probeScan = await scanPeopleFolder(probe);
  const probes = probeScan.people;
  const lost = probes.find((person) => !labels.has(person.label));
  if (lost) {
    throw new FaceTriggerError(
      'ERR_DATASET',
      `${lost.label} of ${probe} is not in ${gallery}: strangers go to --unknown`,
    );
  }
  const strangerScan = unknown === undefined ? null : await scanPeopleFolder(unknown);
  const strangers = strangerScan?.people ?? [];
  const alsoKnown = strangers.find((person) => labels.has(person.label));
  if (alsoKnown)
    throw new FaceTriggerError('ERR_DATASET', `${alsoKnown.label} of ${unknown} is in ${gallery} too`);
  const skipped = [knownScan, probeScan, strangerScan].flatMap((scan) => scan?.skipped ?? []);
  return { gallery: known, probes: [...probes, ...strangers], skipped };
}

function toFaces(people: readonly PersonPhotos[], readings: ReadonlyMap<string, FaceReading>): NamedFace[] {
  return people.flatMap(({ label, photos }) =>
    photos.map((photo) => ({
      id: photo,
      person: label,
      embedding: readings.get(photo)!.face?.embedding ?? null,
    })),
  );
}

function toText(
  result: IdentificationResult,
  { gallery, failures }: { gallery: number; failures: readonly Failure[] },
): string {
  const { probes, rank1, cmc, openSet, maxDistance } = result;
  const lines = [
    `${counted(gallery, 'person', 'people')} in the gallery; ${probes.enrolled} photos of them looked up, ${probes.strangers} of strangers`,
    `rank 1   ${percent(rank1.rate)} (${rank1.count} of ${rank1.trials}; 95 %: ${percent(rank1.low)} - ${percent(rank1.high)})`,
    `rank 5   ${percent(cmc[4] ?? cmc.at(-1)!)}`,
  ];
  if (openSet.length > 0) {
    const rows = [0.1, 0.05, 0.02, 0.01, 0.001]
      .filter((target) => target * probes.strangers >= 1)
      .flatMap((target) => {
        const point = openSet.findLast((each) => each.fpir <= target);
        if (!point) return [];
        return [
          [
            percent(target),
            point.maxDistance.toFixed(4),
            `${percent(point.fpir)} (${percent(point.fpirLow)} - ${percent(point.fpirHigh)})`,
            `${percent(point.fnir)} (${percent(point.fnirLow)} - ${percent(point.fnirHigh)})`,
          ],
        ];
      });
    const columns = ['FPIR AT MOST', 'MAX DISTANCE', 'FPIR (95 %)', 'FNIR (95 %)'];
    lines.push(
      '',
      formatTable(
        columns.map((title) => ({ title })),
        rows,
      ),
    );
  }
  if (result.confusions.length > 0) {
    lines.push(
      '',
      `Wrong names${Number.isFinite(maxDistance) ? ` at distance ${maxDistance.toFixed(4)}` : ''}:`,
    );
    for (const { person, takenFor, count } of result.confusions.slice(0, 10)) {
      lines.push(`  ${printable(person)} taken for ${printable(takenFor)}: ${count}`);
    }
  }
  if (failures.length > 0) {
    lines.push('', `${failures.length} pictures without a usable face:`);
    for (const { image, message } of failures) lines.push(`  ${printable(image)}: ${printable(message)}`);
  }
  return lines.join('\n');
}
