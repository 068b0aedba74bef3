/** Names of the embedder graph's input and outputs. */
export const EMBEDDER_INPUT = 'chips';
export const EMBEDDER_OUTPUT = 'embeddings';
/** What the last layer sees: the pooled features that metric learning starts from. */
export const EMBEDDER_FEATURES = 'features';
