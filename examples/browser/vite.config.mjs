// npx vite build examples/browser
/** @type {import('vite').UserConfig} */
export default { base: './', build: { target: 'es2022', outDir: 'built-by-vite' } };
