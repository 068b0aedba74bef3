// Biome formats and lints; this looks only for what needs types: promises that nobody waits for.
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

const promises = {
  plugins: { '@typescript-eslint': tseslint.plugin },
  rules: {
    '@typescript-eslint/await-thenable': 'error',
    '@typescript-eslint/no-floating-promises': 'error',
    '@typescript-eslint/no-misused-promises': 'error',
    '@typescript-eslint/prefer-promise-reject-errors': 'error',
    '@typescript-eslint/require-await': 'off',
    '@typescript-eslint/return-await': ['error', 'in-try-catch'],
  },
};

export default defineConfig([
  covering(['src/**/*.ts', 'test/*/**/*.ts', 'test/*.ts'], './tsconfig.test.json'),
  covering(['test/web/*.ts'], './test/web/tsconfig.json'),
  covering(['web/src/**/*.{ts,tsx}'], './web/tsconfig.json'),
]);

function covering(files, project) {
  const parserOptions = { project, tsconfigRootDir: import.meta.dirname };
  return { ...promises, files, languageOptions: { parser: tseslint.parser, parserOptions } };
}
