// Runs one section in a process of its own and sends what it found to the parent.
//   fork('bench/children/run-section.mjs', [NAME, FOLDER, 'quick' | 'full'])
import { BenchImages } from '../images.mjs';
import { SECTIONS } from '../sections.mjs';

// Without a parent nobody wants the result.
process.on('disconnect', () => process.exit());
const [name, folder, extent] = process.argv.slice(2);
const section = SECTIONS.find((candidate) => candidate.name === name);
const images = new BenchImages(folder);
const outcome = await section.run({
  images,
  quick: extent === 'quick',
  log: (line) => process.stderr.write(`  ${line}\n`),
});
process.send({ images: images.source, ...outcome }, () => process.disconnect());
