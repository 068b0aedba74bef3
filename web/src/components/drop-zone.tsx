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
  const take = (input: HTMLInputElement): void => {
    const picked = pickedPictures(input.files);
    // The same file can be chosen again.
    input.value = '';
    hand(picked);
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
      <input
        ref={files}
        type="file"
        class="visually-hidden"
        tabIndex={-1}
        aria-label={props.many ? 'Picture files' : 'Picture file'}
        accept={ACCEPT}
        multiple={props.many}
        onChange={(event) => take(event.currentTarget)}
      />
      {props.many && (
        <input
          ref={(element) => {
            folder.current = element;
            // Preact has no name for it.
            element?.setAttribute('webkitdirectory', '');
          }}
          type="file"
          class="visually-hidden"
          tabIndex={-1}
          aria-label="Folder of pictures"
          multiple
          onChange={(event) => take(event.currentTarget)}
        />
      )}
      {leftOut.length > 0 && (
        <ul class="note left-out" role="status" aria-label="Left out">
          {leftOut.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      )}
    </fieldset>
  );
}
