import type { ComponentChildren } from 'preact';
import { ErrorNote } from './error-note.tsx';
import { FaceBoxes, type MarkedFace } from './face-boxes.tsx';
import type { Webcam } from './use-webcam.ts';

/** Shows a camera's picture with marked faces, and turns it on and off. */
export function WebcamView(props: {
  readonly webcam: Webcam;
  readonly faces: readonly MarkedFace[];
  /** Size of the picture that the boxes are measured in. */
  readonly size: { readonly width: number; readonly height: number } | null;
  /** Further buttons. */
  readonly children?: ComponentChildren | undefined;
}) {
  const { webcam, faces, size } = props;
  const isOn = webcam.state === 'on';
  return (
    <div class="webcam">
      <div class="stage video">
        <video ref={webcam.video} muted playsInline aria-label="Camera picture" />
        {isOn && size && <FaceBoxes {...size} faces={faces} />}
        {!isOn && (
          <p class="stage-note">{webcam.state === 'starting' ? 'Starting …' : 'The camera is off'}</p>
        )}
      </div>
      <div class="row">
        <button
          type="button"
          class={isOn ? '' : 'primary'}
          onClick={() => (isOn ? webcam.stop() : webcam.start())}
        >
          {isOn ? 'Stop the camera' : 'Start the camera'}
        </button>
        {webcam.cameras.length > 1 && (
          <label class="field inline">
            <span>Camera</span>
            <select onChange={(event) => webcam.start(event.currentTarget.value)}>
              {webcam.cameras.map(({ id, label }) => (
                <option key={id} value={id}>
                  {label}
                </option>
              ))}
            </select>
          </label>
        )}
        {props.children}
      </div>
      <ErrorNote error={webcam.error} />
    </div>
  );
}
