// Biome formats and lints; this looks for what needs types, promises that nobody waits for, and for what only a rule of
// our own can find.
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

// Jest runs the library in a context of node:vm, where what Node made is of other classes.
const KINDS = 'Error|ArrayBuffer|Date|Buffer|(Uint|Int|Float|BigInt|BigUint)\\d+(Clamped)?Array';
const INSTANCEOF = {
  selector: `BinaryExpression[operator=instanceof][right.name=/^(${KINDS})$/]`,
  message: 'instanceof knows one realm only: use isKind or isError',
};
// docs/decisions/023-optional-properties.md; `unknown` holds undefined already.
const EXACT_OPTIONAL = {
  selector:
    ':matches(TSPropertySignature, PropertyDefinition)[optional=true] > TSTypeAnnotation > ' +
    ':not(TSUnionType:has(> TSUndefinedKeyword), TSUndefinedKeyword, TSUnknownKeyword)',
  message: 'write `x?: T | undefined`: a property that is undefined means the same as one that is not there',
};

export default defineConfig([
  forbidding(['src/**/*.ts'], INSTANCEOF, EXACT_OPTIONAL),
  forbidding(['src/core/is-kind.ts', 'web/src/**/*.{ts,tsx}'], EXACT_OPTIONAL),
  covering(['src/**/*.ts', 'test/*/**/*.ts', 'test/*.ts'], './tsconfig.test.json'),
  covering(['test/web/**/*.ts', 'src/web/**/*.ts'], './test/web/tsconfig.json'),
  covering(['web/src/**/*.{ts,tsx}'], './web/tsconfig.json'),
]);

function forbidding(files, ...syntax) {
  return { files, rules: { 'no-restricted-syntax': ['error', ...syntax] } };
}

function covering(files, project) {
  const parserOptions = { project, tsconfigRootDir: import.meta.dirname };
  return { ...promises, files, languageOptions: { parser: tseslint.parser, parserOptions } };
}
