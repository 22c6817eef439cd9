/** The examples of `js` in README.md and docs/ type-check against the declarations of the package, in strict TypeScript. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { documentPages, placeOf, runBlocks } from '../../support/documents/blocks';
import type { Block } from '../../support/documents/blocks';
import { removeTree } from '../../support/root/remove-tree';
import { packageRoot, runProgram } from '../../support/process/run-command';

const imported = /^const \{ ([\w, ]+) \} = require\('tslxc'\);.*\n/gm;

/** What examples find without saying so. */
const found = [
  "import type { Connection, Domain } from 'tslxc';",
  'declare const connection: Connection;',
  'declare const domain: Domain;',
  'declare const signal: AbortSignal;',
];

/** All examples of a page as one module, each in a function of its own. */
function moduleOf(blocks: readonly Block[]): string {
  const names = blocks.flatMap(({ text }) =>
    [...text.matchAll(imported)].flatMap(([, list = '']) => list.split(', ')),
  );
  const functions = blocks.map((block, index) =>
    [
      `// ${placeOf(block)}`,
      `export async function example${index}(): Promise<void> {`,
      block.text.replace(imported, ''),
      '}',
    ].join('\n'),
  );
  const own = `import { ${[...new Set(names)].join(', ')} } from 'tslxc';`;
  return [...found, own, ...functions, ''].join('\n');
}

/** What tsc says of these examples; '' when it is content. */
async function complaints(blocks: readonly Block[]): Promise<string> {
  const folder = mkdtempSync(join(packageRoot, 'build', 'examples-'));
  try {
    for (const page of documentPages()) {
      const ofPage = blocks.filter((block) => block.page === page);
      const name = page.replaceAll('/', '-').replace(/\.md$/, '.ts');
      if (ofPage.length > 0) writeFileSync(join(folder, name), moduleOf(ofPage));
    }
    const compilerOptions = {
      strict: true,
      exactOptionalPropertyTypes: true,
      noEmit: true,
      skipLibCheck: true,
      target: 'es2022',
      lib: ['ES2023', 'ESNext.Disposable'],
      module: 'node16',
      types: ['node'],
      paths: { tslxc: [join(packageRoot, 'dist/index.d.ts')] },
    };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions }));
    const tsc = join(packageRoot, 'node_modules/typescript/bin/tsc');
    const { stdout } = await runProgram([process.execPath, tsc, '-p', folder]);
    return stdout;
  } finally {
    await removeTree(folder);
  }
}

test('they type-check', async () => {
  const examples = runBlocks().filter(({ language }) => language === 'js');
  expect(examples.length).toBeGreaterThan(10);
  const wrong: Block = {
    page: 'docs/README.md',
    line: 1,
    language: 'js',
    text: "await domain.setMemory('much');\n",
  };
  // The only complaint is of the example that is wrong.
  expect(await complaints([...examples, wrong])).toMatch(
    /^\S*docs-README\.ts\(\d+,\d+\): error TS2345: .*\n$/,
  );
});
