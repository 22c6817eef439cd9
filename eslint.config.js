// The house style, as far as a machine can check it. No rule is switched off where it could hold.
'use strict';
const { builtinModules } = require('node:module');
const { defineConfig } = require('eslint/config');
const js = require('@eslint/js');
const tseslint = require('typescript-eslint');

const commonJs = ['__dirname', '__filename', 'exports', 'module', 'require'];
const scriptGlobals = Object.fromEntries(
  [...Object.getOwnPropertyNames(globalThis), ...commonJs].map((name) => [name, 'readonly']),
);

const browserNames = [
  ...['addEventListener', 'document', 'history', 'location', 'sessionStorage'],
  ...['devicePixelRatio', 'getComputedStyle', 'HTMLElement', 'ResizeObserver', 'WebSocket'],
];
const browserGlobals = Object.fromEntries(browserNames.map((name) => [name, 'readonly']));

const faces = ['connection', 'domain', 'network'].map((name) => `lib/driver/${name}.ts`);

const houseSyntax = [
  { selector: 'ExportAllDeclaration', message: 'Name what is exported.' },
  { selector: 'TSEnumDeclaration', message: 'Use a union of literals.' },
  { selector: 'TSModuleDeclaration[declare!=true]', message: 'Use a module.' },
  {
    selector: ':function > Identifier.params > TSTypeAnnotation > TSBooleanKeyword',
    message: 'No boolean parameters: a union of names, an option, or two functions.',
  },
  {
    selector:
      ':matches(PropertyDefinition, MethodDefinition[kind!="constructor"])[accessibility="private"]',
    message: 'Use #private.',
  },
];

module.exports = defineConfig(
  { ignores: ['build/', 'dist/', 'node_modules/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  {
    rules: {
      eqeqeq: 'error',
      'max-lines': ['error', { max: 400 }],
      'max-params': ['error', { max: 3 }],
      'no-console': 'error',
      'no-restricted-imports': [
        'error',
        { paths: builtinModules.map((name) => ({ name, message: `Write node:${name}.` })) },
      ],
      'no-unused-vars': ['error', { varsIgnorePattern: '^_' }],
      'no-var': 'error',
      'prefer-const': 'error',
    },
  },
  {
    files: ['**/*.js'],
    languageOptions: { sourceType: 'commonjs', globals: scriptGlobals },
  },
  {
    files: ['scripts/**', 'lib/cli/**', 'examples/**'],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['examples/**/*.js'],
    languageOptions: { sourceType: 'module' },
  },
  {
    files: ['examples/web-console/public/*.js'],
    languageOptions: { globals: browserGlobals },
  },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { project: 'tsconfig.json', tsconfigRootDir: __dirname } },
    rules: {
      'no-restricted-syntax': ['error', ...houseSyntax],
      '@typescript-eslint/explicit-member-accessibility': ['error', { accessibility: 'no-public' }],
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-require-imports': ['error', { allowAsImport: true }],
      '@typescript-eslint/no-unused-vars': ['error', { varsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
    },
  },
  // One class a file, with the whole contract of each method: what a user reads is in one place.
  {
    files: faces,
    rules: { 'max-lines': 'off' },
  },
  {
    files: ['lib/**'],
    rules: { 'max-lines-per-function': ['error', { max: 50 }] },
  },
);
