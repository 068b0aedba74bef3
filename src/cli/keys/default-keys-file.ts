/** Where `serve` and `keys` keep API keys unless they are told otherwise. */
export const DEFAULT_KEYS_FILE = 'face-trigger-keys.json';
