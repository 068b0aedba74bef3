import type { Command } from 'commander';

/** Lines that one could type, with a remark where the line alone does not say why. */
const EXAMPLES: Readonly<Record<string, readonly string[]>> = {
  detect: [
    'face-trigger detect photo.jpg',
    'face-trigger detect photos/ --annotate marked/',
    "face-trigger detect 'photos/**/*.jpg' --min-face-size 20 --json",
  ],
  embed: [
    'face-trigger embed photo.jpg --json',
    'face-trigger embed photos/ --quality balanced --npy faces.npy',
  ],
  verify: [
    'face-trigger verify one.jpg other.jpg',
    'face-trigger verify one.jpg other.jpg --exit-code --json       (for scripts)',
  ],
  train: [
    'face-trigger train people/ --out model/                        (people/Ada/1.jpg, people/Ada/2.jpg, people/Bob.jpg ...)',
    'face-trigger train people/ --out model/ --target-fpir 0.02 --strangers others/',
    'face-trigger train people/ --out model/ --metric triplet       (for bad cameras, with many people)',
  ],
  recognize: [
    'face-trigger recognize photo.jpg --model model/',
    "face-trigger recognize 'party/*.jpg' --model model/ --annotate marked/",
    'face-trigger recognize party/ --gallery gallery.db --json',
  ],
  evaluate: [
    'face-trigger evaluate verification --pairs pairs.txt --images lfw/ --report report/',
    'face-trigger evaluate identification --split people/',
  ],
  'evaluate verification': [
    'face-trigger evaluate verification --pairs pairs.txt --images lfw/',
    'face-trigger evaluate verification --pairs pairs.txt --images lfw/ --quality fast --report report/',
  ],
  'evaluate identification': [
    'face-trigger evaluate identification --gallery people/ --probe more/ --unknown others/',
    'face-trigger evaluate identification --split people/ --train-images 5 --strangers 20',
  ],
  'evaluate liveness': [
    'face-trigger evaluate liveness --live people/ --attack attacks/       (attacks/print/1.jpg, attacks/replay/1.jpg ...)',
  ],
  dataset: ['face-trigger dataset check people/', 'face-trigger dataset filter people/ --out clean/'],
  'dataset filter': [
    'face-trigger dataset filter people/ --out clean/       (then: train clean/ --out model/)',
  ],
  'dataset normalize': ['face-trigger dataset normalize people/ --out faces/'],
  'dataset split': ['face-trigger dataset split people/ --out splits/ --train-images 2,5 --folds 3'],
  'dataset check': ['face-trigger dataset check people/', 'face-trigger dataset check people/ --json'],
  import: [
    'face-trigger import classifier classifier.pkl --labels labels.pkl --out model/',
    'face-trigger import encodings encodings.pickle --out imported/',
  ],
  'import classifier': ['face-trigger import classifier classifier.pkl --labels labels.pkl --out model/'],
  'import encodings': [
    'face-trigger import encodings encodings.pickle --out imported/       (then: gallery import imported/gallery.jsonl)',
  ],
  'gallery add': [
    'face-trigger gallery add people/                       (people/Ada/1.jpg, people/Ada/2.jpg, people/Bob.jpg ...)',
    'face-trigger gallery add door.jpg --name Ada --expires 2027-06-30 --consent "front door"',
  ],
  'gallery create': [
    "face-trigger gallery create 'galleries/?gallery=door'       (the file galleries/door.db)",
    "face-trigger gallery create 'postgres://user@host/faces?gallery=door'",
  ],
  'gallery list': [
    'face-trigger gallery list',
    'face-trigger gallery list --faces Ada',
    'face-trigger gallery list galleries/       (the galleries of a folder)',
  ],
  'gallery search': [
    'face-trigger gallery search photo.jpg',
    'face-trigger gallery search party/ --limit 1 --json',
  ],
  'gallery rename': ['face-trigger gallery rename "Ada L." Ada'],
  'gallery merge': ['face-trigger gallery merge "Ada L." Ada       (prints how to undo it)'],
  'gallery undo': ['face-trigger gallery undo MERGE-ID'],
  'gallery delete': [
    'face-trigger gallery delete Ada',
    'face-trigger gallery delete --face FACE-ID       (ids: gallery list --faces Ada)',
    "face-trigger gallery delete 'galleries/?gallery=door' --yes       (the whole gallery)",
  ],
  'gallery migrate': [
    'face-trigger gallery migrate --models dlib+mobilefacenet --dry-run       (which pictures there are)',
    'face-trigger gallery migrate --models dlib+mobilefacenet --judge --sources photos/',
  ],
  'gallery export': ['face-trigger gallery export backup.jsonl'],
  'gallery import': ['face-trigger gallery import backup.jsonl --gallery other.db'],
  'gallery copy': [
    "face-trigger gallery copy gallery.db 'postgres://user@host/faces?gallery=door'",
    "face-trigger gallery copy 'postgres://user@host/faces?gallery=door' backup.db",
  ],
  'gallery train': ['face-trigger gallery train --out model/       (then: watch camera:0 --model model/)'],
  'gallery stats': ['face-trigger gallery stats --json'],
  jobs: ['face-trigger jobs add people/ more-people.zip       (then: worker)', 'face-trigger jobs list'],
  'jobs add': [
    'face-trigger jobs add people/ --gallery postgres://user@host/faces',
    'face-trigger jobs add people.tar.gz',
    'face-trigger jobs add --urls photos.txt       (https://bucket.example/Ada/1.jpg,Ada)',
  ],
  'jobs migrate': ['face-trigger jobs migrate --models mobilefacenet --sources photos/'],
  'jobs evaluate': ['face-trigger jobs evaluate --sample 1000'],
  'jobs list': ['face-trigger jobs list --json'],
  'jobs show': ['face-trigger jobs show JOB-ID --follow'],
  'jobs cancel': ['face-trigger jobs cancel JOB-ID'],
  'jobs failed': ['face-trigger jobs failed       (then: jobs retry JOB-ID)'],
  'jobs retry': ['face-trigger jobs retry JOB-ID'],
  'jobs remove': ['face-trigger jobs remove JOB-ID'],
  worker: [
    'face-trigger worker --gallery postgres://user@host/faces       (any number of them, on any machines)',
    'face-trigger worker --until-empty',
  ],
  'photos scan': [
    'face-trigger photos scan ~/Pictures       (again later: only what is new is looked at)',
    'face-trigger photos scan /mnt/photos /mnt/films --every 5 --library family.db',
  ],
  'photos group': ['face-trigger photos group'],
  'photos questions': [
    'face-trigger photos questions --sheet who.png       (then: photos name g1 "Ada Lovelace")',
  ],
  'photos faces': ['face-trigger photos faces g2 --sheet g2.png'],
  'photos name': ['face-trigger photos name g1 "Ada Lovelace"       (prints how to undo it)'],
  'photos suggestions': [
    'face-trigger photos suggestions Ada --sheet ada.png',
    'face-trigger photos suggestions Ada --least 0.9 --confirm',
  ],
  'photos not': ['face-trigger photos not Ada 1f0a2b3c       (ids: photos faces)'],
  'photos merge': [
    'face-trigger photos merge g3 g1',
    'face-trigger photos merge --people "Ada L." "Ada Lovelace"',
  ],
  'photos split': ['face-trigger photos split g2 1f0a2b3c 77aa0d11       (ids: photos faces g2)'],
  'photos ignore': ['face-trigger photos ignore g5'],
  'photos people': ['face-trigger photos people --sheet people.png'],
  'photos find': [
    'face-trigger photos find Ada --with Bob --since 2020',
    'face-trigger photos find Ada --sheet ada.png',
  ],
  'photos export': [
    'face-trigger photos export album ~/for-grandma --with Ada --since 2020',
    'face-trigger photos export links ~/people --link hardlink',
  ],
  'photos import': [
    'face-trigger photos import frigate /media/frigate',
    'face-trigger photos import immich http://server:2283 --into ~/from-immich',
  ],
  'photos read-metadata': ['face-trigger photos read-metadata --dry-run'],
  'photos write-metadata': [
    'face-trigger photos write-metadata --dry-run',
    'face-trigger photos write-metadata --folder ~/Pictures/2024',
  ],
  'photos undo': ['face-trigger photos undo DECISION-ID'],
  'photos stats': ['face-trigger photos stats --json'],
  'photos failures': ['face-trigger photos failures'],
  'photos prune': ['face-trigger photos prune --named'],
  'photos migrate': [
    'face-trigger photos migrate --models dlib+mobilefacenet --dry-run',
    'face-trigger photos migrate --models dlib+mobilefacenet',
  ],
  'keys create': [
    'face-trigger keys create door --scope recognize',
    'face-trigger keys create office --scope read recognize --json',
  ],
  'keys list': ['face-trigger keys list'],
  'keys copy': ['face-trigger keys copy face-trigger-keys.json postgres://user@host/database'],
  'keys revoke': ['face-trigger keys revoke KEY-ID       (ids: keys list)'],
  models: [
    'face-trigger models list',
    'face-trigger models add buffalo_l/',
    'face-trigger models use buffalo_l',
  ],
  'models add': [
    'face-trigger models add buffalo_l/       (files that are published are known by their SHA-256)',
    "face-trigger models add face_recognition_sface_2021dec.onnx       (with dlib's detector)",
    'face-trigger models add my-arcface.onnx --family arcface --name mine',
    'face-trigger models add npm:some-face-models       (after npm install some-face-models)',
  ],
  'models info': ['face-trigger models info dlib', 'face-trigger models info ./my-models --json'],
  'models use': ['face-trigger models use buffalo_l', 'face-trigger models use dlib       (as at first)'],
  'models bench': [
    'face-trigger models bench people/',
    'face-trigger models bench people/ --models dlib mobilefacenet --report compared/',
  ],
  'models remove': ['face-trigger models remove buffalo_l'],
  'models list': ['face-trigger models list --json'],
  'models verify': ['face-trigger models verify'],
  'models convert': ['face-trigger models convert dlib_face_recognition_resnet_model_v1.dat embedder.onnx'],
  'models web': ['face-trigger models web --output public/models'],
  demo: ['face-trigger demo', 'face-trigger demo --out somewhere/'],
};

/** Gives each command of a program the examples that its help ends with. */
export function addExamples(program: Command): void {
  const visit = (command: Command, path: string) => {
    const lines = Object.hasOwn(EXAMPLES, path) ? EXAMPLES[path]! : [];
    if (lines.length > 0) {
      command.addHelpText('after', `\nExamples:\n${lines.map((line) => `  ${line}`).join('\n')}`);
    }
    for (const each of command.commands) visit(each, `${path} ${each.name()}`.trim());
  };
  for (const command of program.commands) visit(command, command.name());
}
