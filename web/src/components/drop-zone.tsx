import { useRef, useState } from 'preact/hooks';
import { droppedPictures, type PictureFile, pickedPictures } from './picture-files.ts';

/** Takes pictures that are dropped, chosen or pasted. */
export function DropZone(props: {
  readonly many: boolean;
  readonly onPictures: (pictures: readonly PictureFile[]) => void;
}) {
  const [over, setOver] = useState(false);
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const take = (input: HTMLInputElement): void => {
    const pictures = pickedPictures(input.files);
    // The same file can be chosen again.
    input.value = '';
    props.onPictures(pictures);
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
        if (event.dataTransfer) void droppedPictures(event.dataTransfer).then(props.onPictures);
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
        accept="image/*"
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
    </fieldset>
  );
}
