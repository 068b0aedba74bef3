import type { RefObject } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { IMAGE_EXTENSIONS } from '../../../src/node/image/picture-extensions.ts';
import { droppedPictures, type PickedFiles, type PictureFile, pickedPictures } from './picture-files.ts';

/** Systems that do not know an extension do not count its files as images. */
const ACCEPT = ['image/*', ...IMAGE_EXTENSIONS.map((extension) => `.${extension}`)].join(',');

/** Takes pictures that are dropped, chosen or pasted. */
export function DropZone(props: {
  readonly many: boolean;
  readonly onPictures: (pictures: readonly PictureFile[]) => void;
}) {
  const [over, setOver] = useState(false);
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const [leftOut, setLeftOut] = useState<readonly string[]>([]);
  const hand = (picked: PickedFiles): void => {
    const others = picked.pictures.length - 1;
    const unseen =
      props.many || others <= 0 ? [] : [`Only the first picture is looked at: ${others} more left out.`];
    setLeftOut([...picked.leftOut, ...unseen]);
    props.onPictures(picked.pictures);
  };
  return (
    <fieldset
      class={over ? 'drop-zone over' : 'drop-zone'}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        if (event.dataTransfer) void droppedPictures(event.dataTransfer).then(hand);
      }}
    >
      <legend class="visually-hidden">{props.many ? 'Pictures' : 'Picture'}</legend>
      <p>{props.many ? 'Drop pictures or a folder here' : 'Drop a picture here'}</p>
      <div class="row">
        <button type="button" class="primary" onClick={() => files.current?.click()}>
          {props.many ? 'Choose pictures' : 'Choose a picture'}
        </button>
        {props.many && (
          <button type="button" onClick={() => folder.current?.click()}>
            Choose a folder
          </button>
        )}
      </div>
      <HiddenFileInput
        input={files}
        label={props.many ? 'Picture files' : 'Picture file'}
        accept={ACCEPT}
        multiple={props.many}
        onPick={hand}
      />
      {props.many && (
        <HiddenFileInput input={folder} folders label="Folder of pictures" multiple onPick={hand} />
      )}
      <LeftOut lines={leftOut} />
    </fieldset>
  );
}

/** What a button opens: a button looks like the rest of the page, the browser's own field does not. */
function HiddenFileInput(props: {
  readonly input: RefObject<HTMLInputElement | null>;
  readonly label: string;
  readonly multiple: boolean;
  readonly folders?: boolean | undefined;
  readonly accept?: string | undefined;
  readonly onPick: (picked: PickedFiles) => void;
}) {
  return (
    <input
      ref={(element) => {
        props.input.current = element;
        // Preact has no name for it.
        if (props.folders) element?.setAttribute('webkitdirectory', '');
      }}
      type="file"
      class="visually-hidden"
      tabIndex={-1}
      aria-label={props.label}
      accept={props.accept}
      multiple={props.multiple}
      onChange={({ currentTarget }) => {
        const picked = pickedPictures(currentTarget.files);
        // The same file can be chosen again.
        currentTarget.value = '';
        props.onPick(picked);
      }}
    />
  );
}

function LeftOut({ lines }: { readonly lines: readonly string[] }) {
  if (lines.length === 0) return null;
  return (
    <ul class="note left-out" role="status" aria-label="Left out">
      {lines.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  );
}
