/** The projects in examples/ type-check, by what they say in JSDoc, against the declarations of the package. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { examplesFolder } from '../../support/examples/example';
import { removeTree } from '../../support/root/remove-tree';
import { packageRoot, runProgram } from '../../support/process/run-command';

/** What the web console uses of packages that are installed only where it runs. */
const ws = `
export type WebSocket = any;
export const WebSocketServer: any;
`;
const xterm = `
export class Terminal {
  constructor(options: { cursorBlink: boolean; scrollback: number; fontSize: number });
  readonly rows: number;
  readonly cols: number;
  open(place: HTMLElement): void;
  focus(): void;
  reset(): void;
  resize(columns: number, rows: number): void;
  write(bytes: Uint8Array): void;
  dispose(): void;
  onData(listener: (text: string) => void): void;
  onBinary(listener: (text: string) => void): void;
  onResize(listener: (size: { rows: number; cols: number }) => void): void;
}
`;

/** What tsc says of all examples, and of further files. */
async function complaints(further: Readonly<Record<string, string>> = {}): Promise<string> {
  const folder = mkdtempSync(join(packageRoot, 'build', 'example-types-'));
  try {
    const files = { 'ws.d.ts': ws, 'xterm.d.ts': xterm, ...further };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const compilerOptions = {
      allowJs: true,
      checkJs: true,
      strict: true,
      exactOptionalPropertyTypes: true,
      noEmit: true,
      skipLibCheck: true,
      target: 'es2022',
      module: 'nodenext',
      lib: ['ES2023', 'ESNext.Disposable', 'DOM', 'DOM.Iterable'],
      types: ['node'],
      typeRoots: [join(packageRoot, 'node_modules/@types')],
      paths: {
        tslxc: [join(packageRoot, 'dist/index.d.ts')],
        ws: [join(folder, 'ws.d.ts')],
        '/xterm.js': [join(folder, 'xterm.d.ts')],
      },
    };
    const settings = {
      compilerOptions,
      include: [`${examplesFolder}/**/*.js`, `${folder}/*`],
      exclude: ['**/node_modules/**'],
    };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(settings));
    const tsc = join(packageRoot, 'node_modules/typescript/bin/tsc');
    return (await runProgram([process.execPath, tsc, '-p', folder])).stdout;
  } finally {
    await removeTree(folder);
  }
}

test('they type-check', async () => {
  const wrong =
    "import { connect } from 'tslxc';\nawait (await connect()).lookupDomainByName(17);\n";
  // The only complaint is of the file that is wrong.
  expect(await complaints({ 'wrong.mjs': wrong })).toMatch(
    /^\S*wrong\.mjs\(2,\d+\): error TS2345: .*\n$/,
  );
});
