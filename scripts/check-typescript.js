// The types of all TypeScript, and lint of the files that are given as arguments: in one process, since the rules ask about
// the very types that the compiler has found. Run by scripts/check.js.
'use strict';
const { mkdirSync } = require('node:fs');
const { dirname, join } = require('node:path');
const { ESLint } = require('eslint');
const ts = require('typescript');
const { main, packageRoot } = require('./steps');

const buildInfo = join(packageRoot, 'build', 'cache', 'types.tsbuildinfo');

/** What tsconfig.json names; throws for one that can't be read. */
function readConfig() {
  const host = {
    ...ts.sys,
    onUnRecoverableConfigFileDiagnostic: (one) => {
      throw new Error(ts.flattenDiagnosticMessageText(one.messageText, '\n'));
    },
  };
  const cached = { incremental: true, tsBuildInfoFile: buildInfo };
  return ts.getParsedCommandLineOfConfigFile(join(packageRoot, 'tsconfig.json'), cached, host);
}

/** All that is wrong, as `tsc --incremental` finds it: only what has changed is looked at again. */
function diagnose(builder, config) {
  const found = [
    ...config.errors,
    ...builder.getOptionsDiagnostics(),
    ...builder.getGlobalDiagnostics(),
    ...builder.getSyntacticDiagnostics(),
    ...builder.getSemanticDiagnostics(),
    ...builder.getDeclarationDiagnostics(),
  ];
  // Writes only the file that the compiler's incremental build needs.
  const { diagnostics } = builder.emit();
  return ts.sortAndDeduplicateDiagnostics([...found, ...diagnostics]);
}

function describeDiagnostics(diagnostics) {
  return ts.formatDiagnostics(diagnostics, {
    getCanonicalFileName: (name) => name,
    getCurrentDirectory: () => packageRoot,
    getNewLine: () => '\n',
  });
}

/** What the rules say of these files, '' for nothing; a warning is an error. */
async function lint(program, files) {
  if (files.length === 0) return '';
  const typed = { languageOptions: { parserOptions: { programs: [program], project: null } } };
  const eslint = new ESLint({
    cwd: packageRoot,
    overrideConfig: [{ files: ['**/*.ts'], ...typed }],
  });
  const results = await eslint.lintFiles(files);
  if (results.every(({ errorCount, warningCount }) => errorCount + warningCount === 0)) return '';
  const formatter = await eslint.loadFormatter('stylish');
  return formatter.format(results);
}

main('check', async () => {
  const config = readConfig();
  mkdirSync(dirname(buildInfo), { recursive: true });
  const builder = ts.createIncrementalProgram({
    rootNames: config.fileNames,
    options: config.options,
  });
  const faults = [
    describeDiagnostics(diagnose(builder, config)),
    await lint(builder.getProgram(), process.argv.slice(2)),
  ].join('');
  process.stdout.write(faults);
  if (faults !== '') process.exitCode = 1;
});
