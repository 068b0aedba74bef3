import type { ImageShrink } from '../../core/image/image-shrink.ts';
import type { Face } from '../../core/pipeline/face.ts';
import { type ListedImage, type ListedImages, listImages } from '../../dataset/list-images.ts';
import { type AnalyzeImage, analyzeFiles, type FileAnalysis } from '../../pipeline/analyze-files.ts';
import { AnnotatedFiles } from '../../pipeline/annotated-files.ts';
import type { CommandContext } from '../command-context.ts';
import type { AnalysisOptions } from '../options/analysis-options.ts';
import { counted } from '../output/counted.ts';
import { analysisJson } from '../output/face-json.ts';
import { Output } from '../output/output.ts';
import { printSkipped } from '../output/print-skipped.ts';
import { searchSummary } from '../output/search-summary.ts';
import { type TableColumn, TextTable, widest } from '../output/text-table.ts';
import { refuseAnnotatingInputs } from './refuse-annotating-inputs.ts';
import { goOnFrom } from './remember-faces.ts';

/** How a command works on pictures and shows what it found. */
export interface AnalysisCommand {
  /** What {@link listPictures} found. */
  readonly pictures: ListedImages;
  readonly options: AnalysisOptions;
  readonly context: CommandContext;
  /** Of the progress bar. */
  readonly title: string;
  readonly analyze: AnalyzeImage;
  /** The size of faces that `analyze` looks for where it was told. */
  readonly minFaceSize?: number | undefined;
  /** How much smaller pictures may be decoded where nothing is drawn on them. @defaultValue 1 */
  readonly shrink?: ImageShrink | undefined;
  /** Pictures that `analyze` works on at once. @defaultValue 1 */
  readonly workers?: number | undefined;
  /** What the run writes and can go on with after an interruption. @defaultValue `options.annotate` */
  readonly result?: string | undefined;
  /** Columns of the table after the picture and the face's number. */
  readonly columns: readonly TableColumn[];
  readonly cells: (face: Face) => readonly (string | number)[];
  /** Called for each face in the order of printing. */
  readonly onFace?: ((face: Face) => void) | undefined;
}

/** The pictures of files, folders and globs, without those that an earlier run drew. */
export async function listPictures(
  inputs: readonly string[],
  { annotate }: AnalysisOptions,
): Promise<ListedImages> {
  if (annotate !== undefined) await refuseAnnotatingInputs(inputs, annotate);
  return listImages(inputs, { exclude: annotate ? [annotate] : [] });
}

/** Looks for faces in all pictures and prints them in order; what fails is told and does not stop the rest. */
export async function runAnalysis(command: AnalysisCommand): Promise<void> {
  const { pictures, options, context, analyze } = command;
  const { images: files, skipped } = pictures;
  const { result = options.annotate } = command;
  const output = new Output(command.title, {
    progress: options.progress,
    signal: context.signal,
    goOn: result === undefined ? undefined : goOnFrom(result),
  });
  const annotated = options.annotate ? await AnnotatedFiles.plan(options.annotate, files) : null;
  const print = options.json ? printJson(output) : printTable(output, command, files);
  const counts = { done: 0, pictures: 0, faces: 0, failed: 0 };
  await printSkipped(output, skipped, options);
  const sizes = new Set<number>();
  try {
    output.progress(0, files.length);
    const { jobs } = options;
    // While all workers compute, the next pictures are decoded.
    const concurrency = Math.max(jobs, 2 * (command.workers ?? 1));
    const shrink = annotated ? 1 : command.shrink;
    const { signal } = context;
    const { minFaceSize = options.minFaceSize } = command;
    const settings = { concurrency, shrink, minFaceSize, signal };
    for await (const analysis of analyzeFiles(files, analyze, settings)) {
      await print(analysis);
      // An input that led to no picture is told, but it is none.
      if (!analysis.file.error) counts.pictures++;
      if ('error' in analysis) counts.failed++;
      else {
        counts.faces += analysis.faces.length;
        sizes.add(analysis.minFaceSize);
        for (const face of analysis.faces) command.onFace?.(face);
        await annotated?.write(analysis.file, analysis.image, analysis.faces);
      }
      output.progress(++counts.done, files.length);
    }
  } finally {
    output.end(found(counts));
  }
  if (!options.json)
    output.note(searchSummary({ ...counts, skipped: skipped.length, sizes, annotate: options.annotate }));
  if (counts.failed > 0) context.setExitStatus(1);
}

function found({ faces, failed }: { readonly faces: number; readonly failed: number }): string {
  return failed > 0 ? `${counted(faces, 'face')}, ${failed} failed` : counted(faces, 'face');
}

function printJson(output: Output): (analysis: FileAnalysis) => Promise<void> {
  return (analysis) => output.json(analysisJson(analysis));
}

function printTable(
  output: Output,
  { columns, cells }: AnalysisCommand,
  files: readonly ListedImage[],
): (analysis: FileAnalysis) => Promise<void> {
  const width = widest(files.map(({ path }) => path));
  const table = new TextTable([
    { title: 'IMAGE', width, cut: 'start' },
    { title: 'FACE', align: 'right' },
    ...columns,
  ]);
  let hasHeader = false;
  return async (analysis) => {
    const { path } = analysis.file;
    if ('error' in analysis) {
      output.failure(path, analysis.error);
      return;
    }
    if (!hasHeader) {
      if (table.leftOut.length > 0) {
        output.note(`the terminal is too narrow for ${table.leftOut.join(', ')} (--json has everything)`);
      }
      await output.line(table.header());
    }
    hasHeader = true;
    if (analysis.faces.length === 0) await output.line(table.row([path, '-', 'no face']));
    for (const [index, face] of analysis.faces.entries()) {
      await output.line(table.row([path, index + 1, ...cells(face)]));
    }
  };
}
